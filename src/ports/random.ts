// Port: randomness, so that a seeded run can be repeated exactly.

export interface Random {
  /** A new identifier, unguessable in production: 22 URL-safe characters, 128 bits, time-ordered (UUIDv7 bits). */
  id(): string;
  /** Uniform in [0, 1). */
  uniform(): number;
}
