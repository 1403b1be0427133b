const SAMPLES_A_SECOND = 44_100;
const HEADER_BYTES = 44;

/** A tune: one note for each frequency in hertz, one channel of 16 bits. */
export function wav(seconds: number, notes: readonly number[]): Buffer {
  const samples = seconds * SAMPLES_A_SECOND;
  const sound = Buffer.alloc(HEADER_BYTES + 2 * samples);
  sound.write("RIFF", 0, "latin1");
  sound.writeUInt32LE(sound.length - 8, 4);
  sound.write("WAVEfmt ", 8, "latin1");
  sound.writeUInt32LE(16, 16);
  sound.writeUInt16LE(1, 20);
  sound.writeUInt16LE(1, 22);
  sound.writeUInt32LE(SAMPLES_A_SECOND, 24);
  sound.writeUInt32LE(2 * SAMPLES_A_SECOND, 28);
  sound.writeUInt16LE(2, 32);
  sound.writeUInt16LE(16, 34);
  sound.write("data", 36, "latin1");
  sound.writeUInt32LE(2 * samples, 40);
  const samplesANote = SAMPLES_A_SECOND / 4;
  for (let index = 0; index < samples; index++) {
    const note = notes[Math.floor(index / samplesANote) % notes.length] ?? 440;
    const fade = 1 - (index % samplesANote) / samplesANote;
    const value = Math.sin((2 * Math.PI * note * index) / SAMPLES_A_SECOND) * fade;
    sound.writeInt16LE(Math.round(12_000 * value), HEADER_BYTES + 2 * index);
  }
  return sound;
}
