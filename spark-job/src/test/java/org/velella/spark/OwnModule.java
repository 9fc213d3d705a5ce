package org.velella.spark;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.velella.module.MemoryModule;
import org.velella.module.MemoryValue;
import org.velella.module.Sequential;
import org.velella.module.StepMode;
import org.velella.module.StepResult;
import org.velella.network.NetworkCodec;
import org.velella.network.Networks;
import org.velella.neuron.IfNode;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * A module of a user, whose class is in no jar of Velella's: the sum of all inputs so far. {@link
 * #COUNTS} tells how often the neurons behind it fire.
 */
public final class OwnModule extends MemoryModule {
  /**
   * What the neurons of {@link #network} have fired after 6 steps of {@link #input}. Sums are 1/4,
   * 2/4, … 6/4; so v is 1/4, 3/4, then 6/4: spike, to 0; 4/4: spike; 5/4: spike; 6/4: spike. At
   * half of that, v is 1/8, 3/8, 6/8, then 10/8: spike; 5/8; then 11/8: spike. An input of 1 fires
   * at every step.
   */
  public static final List<Integer> COUNTS = List.of(4, 2, 0, 6);

  private static final String CLASS_FILE = OwnModule.class.getName().replace('.', '/') + ".class";

  public OwnModule() {
    registerMemory("sum", MemoryValue.scalar(0));
  }

  @Override
  public List<MemoryValue> materialize(
      List<INDArray> inputs, List<MemoryValue> memories, StepMode mode) {
    return materializeLike(inputs, memories, mode);
  }

  @Override
  public StepResult singleStep(List<INDArray> inputs, List<MemoryValue> memories) {
    INDArray sum = memories.get(0).array().add(inputs.get(0));
    return new StepResult(List.of(sum), List.of(MemoryValue.tensor(sum)));
  }

  /** Writes a network that uses this class. */
  static Path network(Path folder) throws IOException {
    Sequential modules = new Sequential(new OwnModule(), new IfNode());
    return Files.write(
        folder.resolve("own.safetensors"),
        NetworkCodec.toBytes(Networks.fromModule(modules, Shape.of(4))));
  }

  /** Writes the constant input of one sample. */
  static Path input(Path folder) {
    return TestRuns.write(
        folder.resolve("own.npy"), Tensor.of(Shape.of(1, 4), new float[] {0.25f, 0.125f, 0, 1}));
  }

  /** A folder with this class, as a compiler leaves it. */
  static Path classes(Path folder) throws IOException {
    Path file = folder.resolve(CLASS_FILE);
    Files.createDirectories(file.getParent());
    Files.write(file, classFile());
    return folder;
  }

  /** Writes a jar with this class. */
  static Path jar(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out)) {
      jar.putNextEntry(new JarEntry(CLASS_FILE));
      jar.write(classFile());
      jar.closeEntry();
    }
    return file;
  }

  private static byte[] classFile() throws IOException {
    return Files.readAllBytes(Path.of("target", "test-classes").resolve(CLASS_FILE));
  }
}
