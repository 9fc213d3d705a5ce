package org.velella.spark.job;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.velella.network.Network;
import org.velella.network.NetworkException;
import org.velella.network.NetworkStructure;
import org.velella.network.exchange.StateDict;
import org.velella.network.exchange.StateDictException;
import org.velella.network.exchange.StateNames;
import org.velella.spark.store.InputFile;
import org.velella.spark.store.IsDirectoryException;
import org.velella.tensor.Tensor;

/** State dicts in files of any Hadoop file system. */
public final class StateDictFile {
  private StateDictFile() {}

  /**
   * The state dict in a file, which is opened again when its tensors are read.
   *
   * @throws UsageException if the file is missing or no state dict
   */
  public static StateDict read(String uri, Configuration conf) {
    try {
      return StateDict.open(source(uri, conf), uri);
    } catch (StateDictException e) {
      throw new UsageException(e.getMessage(), e);
    } catch (IsDirectoryException e) {
      throw new UsageException(uri + " is a directory; give the state dict's file", e);
    } catch (FileNotFoundException e) {
      throw new UsageException("There is no state dict " + uri, e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the state dict " + uri, e);
    }
  }

  private static StateDict.Source source(String uri, Configuration conf) {
    return new StateDict.Source() {
      @Override
      public InputStream open() throws IOException {
        InputFile file = InputFile.open(uri, conf);
        try {
          return file.fromStart();
        } catch (IOException | RuntimeException e) {
          file.close();
          throw e;
        }
      }

      @Override
      public long length() throws IOException {
        try (InputFile file = InputFile.open(uri, conf)) {
          return file.length();
        }
      }
    };
  }

  /**
   * Looks whether a state dict may be written, so that nothing is read in vain.
   *
   * @throws UsageException if its ending is that of no form, or it may not be written
   */
  public static void require(String uri, Existing existing, Configuration conf) {
    try {
      StateDict.form(uri);
    } catch (StateDictException e) {
      throw new UsageException(e.getMessage(), e);
    }
    ConvertedFile.require(uri, existing, conf);
  }

  /**
   * Writes a network's weights, with such neuron parameters as are more than one number.
   *
   * @return how many tensors they are
   * @throws UsageException if the network has what files cannot hold
   */
  public static int write(Network network, String uri, Configuration conf) {
    return write(uri, conf, () -> StateNames.stateDict(network));
  }

  /**
   * Writes those tensors of a network that a structure needs.
   *
   * @return how many tensors they are
   * @throws UsageException if the network is not of this structure, or has what files cannot hold
   */
  public static int write(
      Network network, NetworkStructure structure, String uri, Configuration conf) {
    return write(uri, conf, () -> StateNames.stateDict(network, structure));
  }

  private static int write(String uri, Configuration conf, Supplier<Map<String, Tensor>> state) {
    try {
      Map<String, Tensor> tensors = state.get();
      ConvertedFile.write(uri, conf, out -> StateDict.write(out, tensors, StateDict.form(uri)));
      return tensors.size();
    } catch (NetworkException | StateDictException e) {
      throw new UsageException("Cannot write " + uri + ": " + e.getMessage(), e);
    }
  }
}
