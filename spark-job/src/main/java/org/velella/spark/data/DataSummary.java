package org.velella.spark.data;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.velella.provenance.CanonicalJson;

/**
 * What a data set has become.
 *
 * @param files that were read
 * @param labelled samples with a label
 * @param labels how many classes there are: one more than the largest label, if no names are known
 * @param steps whether the two numbers of steps mean anything
 * @param leastSteps of the shortest sample; of events, up to its last one
 * @param mostSteps of the longest sample
 * @param axes of one step's input; of values without steps, of one sample
 * @param classes their names by label; empty if labels are numbers only
 * @param rounded values that no float could carry as they were; each is the nearest one
 * @param leftOut files of the sources that are of no use to the format, by their endings
 */
public record DataSummary(
    String format,
    int files,
    long samples,
    long labelled,
    long labels,
    Steps steps,
    long leastSteps,
    long mostSteps,
    List<Integer> axes,
    List<String> classes,
    long rounded,
    List<String> leftOut) {
  /** The file beside the table's that holds this. */
  public static final String FILE = "_dataset.json";

  /** Whether the steps of samples are known. */
  public enum Steps {
    COUNTED,
    NOT_KNOWN
  }

  public DataSummary {
    axes = List.copyOf(axes);
    classes = List.copyOf(classes);
    leftOut = List.copyOf(leftOut);
  }

  byte[] json() {
    ObjectNode json = CanonicalJson.object();
    json.put("format", "velella-dataset");
    json.put("version", 1);
    json.put("source_format", format);
    json.put("source_files", files);
    json.put("samples", samples);
    json.put("labelled", labelled);
    if (steps == Steps.COUNTED) {
      json.put("least_steps", leastSteps);
      json.put("most_steps", mostSteps);
    }
    ArrayNode shape = json.putArray("shape");
    axes.forEach(shape::add);
    ArrayNode names = json.putArray("classes");
    classes.forEach(names::add);
    json.put("rounded_values", rounded);
    json.put("files_left_out", leftOut.size());
    return CanonicalJson.bytes(json);
  }
}
