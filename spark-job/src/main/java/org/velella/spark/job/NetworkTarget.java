package org.velella.spark.job;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.velella.network.Network;
import org.velella.network.NetworkCodec;
import org.velella.network.NetworkException;
import org.velella.network.NetworkJson;
import org.velella.network.NetworkStructure;
import org.velella.network.nir.NirConvention;
import org.velella.network.nir.NirException;
import org.velella.network.nir.NirImport;
import org.velella.network.nir.NirWriter;
import org.velella.tensor.Safetensors;
import org.velella.tensor.SafetensorsException;

/** Writes network files, in the form that their name asks for, to any Hadoop file system. */
public final class NetworkTarget {
  private static final String WEIGHTS = ".safetensors";

  /** For networks without any notion of time. */
  private static final double DEFAULT_DT = 1e-4;

  private final String uri;
  private final Form form;
  private final Configuration conf;

  /** The forms of a network's file, by the ending of its name. */
  private enum Form {
    SAFETENSORS,
    JSON,
    NIR;

    String ending() {
      return "." + name().toLowerCase(Locale.ROOT);
    }
  }

  private NetworkTarget(String uri, Form form, Configuration conf) {
    this.uri = uri;
    this.form = form;
    this.conf = conf;
  }

  /**
   * A file to be written; a {@code .json} has its weights in a {@code .safetensors} beside it.
   *
   * @throws UsageException if its ending names no form, or if it may not be written
   */
  public static NetworkTarget of(String uri, Existing existing, Configuration conf) {
    for (Form form : Form.values()) {
      if (uri.endsWith(form.ending())) {
        NetworkTarget target = new NetworkTarget(uri, form, conf);
        ConvertedFile.require(uri, existing, conf);
        if (form == Form.JSON) {
          ConvertedFile.require(target.weights(), existing, conf);
        }
        return target;
      }
    }
    throw new UsageException(
        "%s: the name of a network's file must end in %s"
            .formatted(
                uri,
                Arrays.stream(Form.values())
                    .map(Form::ending)
                    .collect(Collectors.joining(" or "))));
  }

  /**
   * Writes a network that is given as the text of a {@code network.json} without weights, in place
   * of what is there.
   *
   * @param uri whose ending says the form, which is not NIR
   * @return the same
   * @throws UsageException if the form is NIR, the text describes no network, or the file cannot be
   *     written
   */
  public static String save(SparkSession spark, String json, String uri) {
    if (uri.endsWith(Form.NIR.ending())) {
      throw new UsageException(
          "%s: a NIR file holds neither its convention nor dt; save %s or %s, and make it NIR with velella convert network"
              .formatted(uri, Form.SAFETENSORS.ending(), Form.JSON.ending()));
    }
    NetworkTarget target = of(uri, Existing.REPLACE, spark.sparkContext().hadoopConfiguration());
    try {
      target.write(NetworkStructure.parse(json).build(Map.of()));
    } catch (NetworkException e) {
      throw new UsageException("This is no network: " + e.getMessage(), e);
    }
    return uri;
  }

  private String weights() {
    return uri.substring(0, uri.length() - form.ending().length()) + WEIGHTS;
  }

  /**
   * What was written.
   *
   * @param network what the file will be read as
   * @param notes what whoever reads the file must know
   */
  public record Written(Network network, List<String> notes) {}

  /**
   * Writes the file.
   *
   * @throws UsageException if the form cannot hold the network
   */
  public Written write(Network network) {
    return write(new NirImport(network, NirConvention.NORSE, DEFAULT_DT, List.of()));
  }

  /**
   * As {@link #write(Network)}. A NIR file is written under the convention and the time step with
   * which the network was read; where its neurons have others, under theirs.
   */
  public Written write(NirImport read) {
    Network network = read.network();
    try {
      switch (form) {
        case SAFETENSORS -> ConvertedFile.write(uri, conf, out -> NetworkCodec.write(out, network));
        case JSON -> writeJson(network);
        case NIR -> {
          return writeNir(read);
        }
      }
    } catch (NetworkException | NirException | SafetensorsException e) {
      throw new UsageException("Cannot write the network to " + uri + ": " + e.getMessage(), e);
    }
    return new Written(network, List.of());
  }

  private Written writeNir(NirImport read) {
    Network network = read.network();
    NirConvention convention =
        NirWriter.expresses(network, read.convention())
            ? read.convention()
            : NirWriter.conventionOf(network).orElse(read.convention());
    double dt = NirWriter.stepOf(network).orElse(read.dt());
    Network written = NirWriter.written(network, convention, dt);
    ConvertedFile.writeFile(uri, conf, file -> NirWriter.write(file, written, convention, dt));
    List<String> notes = new ArrayList<>(NirWriter.notes(network, convention));
    notes.add(
        "%s does not hold how its equations become steps; read it with --convention %s --dt %s"
            .formatted(uri, convention.text(), dt));
    return new Written(written, notes);
  }

  /** The weights first: a network.json never names a file that is not there. */
  private void writeJson(Network network) {
    String weights = weights();
    NetworkJson json = NetworkJson.of(network, weights.substring(weights.lastIndexOf('/') + 1));
    if (!json.tensors().isEmpty()) {
      ConvertedFile.write(weights, conf, out -> Safetensors.write(out, json.tensors(), Map.of()));
    }
    byte[] text = json.text().getBytes(StandardCharsets.UTF_8);
    ConvertedFile.write(uri, conf, out -> out.write(text));
  }
}
