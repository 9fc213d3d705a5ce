package org.velella.gpu.driver;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;

/** NVIDIA's assembler, which JCuda brings along; it needs neither driver nor device. */
public final class PtxAssembler {
  private static final Pattern USED = Pattern.compile("Used (\\d+) registers");
  private static final Pattern SPILLED =
      Pattern.compile("(\\d+) bytes spill stores, (\\d+) bytes spill loads");

  /**
   * What a kernel takes.
   *
   * @param registers of one thread
   * @param spilledBytes stored to and loaded from device memory for want of registers
   * @param codeBytes of the whole program
   */
  public record Assembled(int registers, int spilledBytes, long codeBytes) {}

  private PtxAssembler() {}

  /** Whether the assembler's library loads here. */
  public static boolean isHere() {
    try {
      JcudaNatives.load("jcuda.nvptxcompiler.JNvPTXCompiler");
      return true;
    } catch (LinkageError e) {
      return false;
    }
  }

  /**
   * Assembles a text for an architecture, such as {@code sm_90}.
   *
   * @throws AssertionError with the assembler's words if it does not
   */
  public static Assembled assemble(String ptx, String architecture) {
    nvPTXCompilerHandle handle = new nvPTXCompilerHandle();
    byte[] text = (ptx + "\0").getBytes(US_ASCII);
    int created = JNvPTXCompiler.nvPTXCompilerCreate(handle, text.length, text);
    if (created != 0) {
      throw new AssertionError("The assembler does not start: error " + created);
    }
    try {
      String[] options = {"--gpu-name=" + architecture, "--verbose"};
      int error = JNvPTXCompiler.nvPTXCompilerCompile(handle, options.length, options);
      if (error != 0) {
        throw new AssertionError(architecture + ": " + errors(handle) + "\n" + ptx);
      }
      String log = information(handle);
      Matcher used = USED.matcher(log);
      Matcher spilled = SPILLED.matcher(log);
      if (!used.find() || !spilled.find()) {
        throw new AssertionError("The assembler tells no registers: " + log);
      }
      long[] size = new long[1];
      JNvPTXCompiler.nvPTXCompilerGetCompiledProgramSize(handle, size);
      int bytes = Integer.parseInt(spilled.group(1)) + Integer.parseInt(spilled.group(2));
      return new Assembled(Integer.parseInt(used.group(1)), bytes, size[0]);
    } finally {
      JNvPTXCompiler.nvPTXCompilerDestroy(handle);
    }
  }

  private static String errors(nvPTXCompilerHandle handle) {
    long[] size = new long[1];
    JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(handle, size);
    byte[] log = new byte[(int) size[0] + 1];
    JNvPTXCompiler.nvPTXCompilerGetErrorLog(handle, log);
    return new String(log, US_ASCII).strip();
  }

  private static String information(nvPTXCompilerHandle handle) {
    long[] size = new long[1];
    JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(handle, size);
    byte[] log = new byte[(int) size[0] + 1];
    JNvPTXCompiler.nvPTXCompilerGetInfoLog(handle, log);
    return new String(log, US_ASCII).strip();
  }
}
