// Bytes that wait to be written, side by side in large blocks. A buffer of its own for each record would cost more than encoding it:
// the platform allocates each outside the heap, and lmdb asks the platform for the address of each.

const blockBytes = 256 * 1024;

export class Slab {
  private block = new Uint8Array(blockBytes);
  private at = 0;

  /** A copy that stays as it is. Its block is kept for as long as any copy in it is. */
  keep(bytes: Uint8Array): Uint8Array {
    if (bytes.length > blockBytes / 4) return bytes.slice();
    if (this.at + bytes.length > blockBytes) {
      this.block = new Uint8Array(blockBytes);
      this.at = 0;
    }
    this.block.set(bytes, this.at);
    const placed = this.block.subarray(this.at, this.at + bytes.length);
    this.at += bytes.length;
    return placed;
  }
}
