package org.velella.gpu.driver;

/**
 * What a device says about itself.
 *
 * @param ordinal its place among the devices that this process sees
 * @param name such as {@code NVIDIA H100 80GB HBM3}
 * @param uuid as {@code nvidia-smi} writes it, {@code GPU-} and 32 hexadecimal digits in groups
 * @param pciBus as {@code nvidia-smi} writes it
 * @param computeMajor of the compute capability, 9 of 9.0
 * @param computeMinor of the compute capability, 0 of 9.0
 * @param multiprocessors how many there are
 * @param totalBytes of device memory
 * @param l2Bytes of the cache that all multiprocessors share
 * @param clockKilohertz of the multiprocessors, at most
 * @param memoryClockKilohertz of the device memory
 * @param memoryBusBits of the device memory
 * @param sharedBytesPerBlock of shared memory that a block may ask for at most
 * @param sharedBytesPerMultiprocessor of shared memory that the blocks on one divide
 * @param registersPerMultiprocessor of 32 bits, that the threads on one divide
 * @param threadsPerMultiprocessor that one can hold
 */
public record DeviceInfo(
    int ordinal,
    String name,
    String uuid,
    String pciBus,
    int computeMajor,
    int computeMinor,
    int multiprocessors,
    long totalBytes,
    long l2Bytes,
    int clockKilohertz,
    int memoryClockKilohertz,
    int memoryBusBits,
    int sharedBytesPerBlock,
    int sharedBytesPerMultiprocessor,
    int registersPerMultiprocessor,
    int threadsPerMultiprocessor) {
  /** Such as {@code NVIDIA H100 80GB HBM3, compute capability 9.0, 79.1 GiB}. */
  public String text() {
    return "%s, compute capability %d.%d, %.1f GiB"
        .formatted(name, computeMajor, computeMinor, totalBytes / (double) (1L << 30));
  }
}
