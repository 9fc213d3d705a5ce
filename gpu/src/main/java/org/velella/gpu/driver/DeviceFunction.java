package org.velella.gpu.driver;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.JCudaDriver;

/** A kernel; usable as long as its module is open. */
public final class DeviceFunction {
  /** What a block may use of shared memory without having asked. */
  private static final int SHARED_WITHOUT_ASKING = 48 << 10;

  private final DeviceModule module;
  private final CUfunction function;
  private final String name;
  private final Map<Long, Integer> blocksByShape = new ConcurrentHashMap<>();
  private int allowedDynamicShared = -1;

  DeviceFunction(DeviceModule module, CUfunction function, String name) {
    this.module = module;
    this.function = function;
    this.name = name;
  }

  /** As in the device code. */
  public String name() {
    return name;
  }

  /** Registers of one thread. */
  public int registers() {
    return attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_NUM_REGS);
  }

  /** Bytes of one thread that lie in device memory: arrays, and registers that were spilled. */
  public int localBytes() {
    return attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES);
  }

  /** Bytes of shared memory that the kernel declares. */
  public int sharedBytes() {
    return attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES);
  }

  /** Threads that a block may have. */
  public int maxThreads() {
    return attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
  }

  /**
   * How many blocks a multiprocessor holds at once.
   *
   * @param threads of a block
   * @param dynamicShared bytes of shared memory of a block, beside what the kernel declares
   */
  public int blocksPerMultiprocessor(int threads, int dynamicShared) {
    allowDynamicShared(dynamicShared);
    int[] blocks = new int[1];
    module.enter();
    module
        .context()
        .check(
            "cuOccupancyMaxActiveBlocksPerMultiprocessor",
            JCudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor(
                blocks, function, threads, dynamicShared));
    return blocks[0];
  }

  /**
   * How full a launch can make the device, from 0 to 1: the threads that it keeps there at once, of
   * those that the device holds.
   */
  public double fill(LaunchShape shape) {
    long key = (long) shape.threads() << Integer.SIZE | shape.dynamicShared();
    Integer known = blocksByShape.get(key);
    if (known == null) {
      known = blocksPerMultiprocessor(shape.threads(), shape.dynamicShared());
      blocksByShape.put(key, known);
    }
    DeviceInfo info = module.owner().info();
    long blocks = (long) shape.gridX() * shape.gridY() * shape.gridZ();
    long atOnce = Math.min(blocks, (long) known * info.multiprocessors());
    long most = (long) info.threadsPerMultiprocessor() * info.multiprocessors();
    return (double) atOnce * shape.threads() / most;
  }

  private int attribute(int which) {
    int[] value = new int[1];
    module.enter();
    module
        .context()
        .check("cuFuncGetAttribute", JCudaDriver.cuFuncGetAttribute(value, which, function));
    return value[0];
  }

  /** Asks for much shared memory where a launch needs it. */
  synchronized void allowDynamicShared(int bytes) {
    if (allowedDynamicShared < 0) {
      allowedDynamicShared = SHARED_WITHOUT_ASKING - sharedBytes();
    }
    if (bytes > allowedDynamicShared) {
      module.enter();
      module
          .context()
          .check(
              "cuFuncSetAttribute(" + bytes + " bytes of shared memory)",
              JCudaDriver.cuFuncSetAttribute(
                  function,
                  CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                  bytes));
      allowedDynamicShared = bytes;
    }
  }

  CUfunction handle() {
    module.requireOpen();
    return function;
  }
}
