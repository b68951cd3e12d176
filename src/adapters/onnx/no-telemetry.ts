// Imported before onnxruntime. As its makers build it, the library writes a device id and a database into the home directory of whoever runs
// it, and sends what models are loaded and on what machine to its makers, unless this is in the environment when the library is loaded.
// Nobody's environment is asked: this service calls nobody.
import process from 'node:process';

// oxlint-disable-next-line no-restricted-properties -- not a setting that is read: the one way to tell the library.
process.env['ORT_DISABLE_TELEMETRY'] = '1';
