package org.velella.spark.cli;

import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;
import org.velella.dataset.Binning;
import org.velella.dataset.EventShape;
import org.velella.spark.data.ConvertData;
import org.velella.spark.data.DataFormat;
import org.velella.spark.data.DataRequest;
import org.velella.spark.data.DataSummary;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code velella convert data}: a data set as a table that runs take as input. */
@Command(
    name = "data",
    description =
        "Make an input table of a data set: event recordings, spike files, arrays, images.",
    footer = {
      "",
      "Examples:",
      "  velella convert data DvsGesture/ gesture.parquet --frames 16",
      "  velella convert data N-MNIST/Test/ test.parquet --dt 1e-3",
      "  velella convert data test/ test.parquet --classes train.parquet --frames 16",
      "  velella convert data shd_test.h5 shd.parquet --dt 1e-3",
      "  velella convert data t10k-images-idx3-ubyte.gz mnist.parquet"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class ConvertDataCommand implements Callable<Integer> {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(?:x(\\d{1,9}))?");

  private static final int MOST_SHOWN = 20;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "2..*",
      paramLabel = "SOURCE… OUT",
      hideParamSyntax = true,
      description =
          "Files, folders or patterns, and at last the table to make; its name ends with .parquet.")
  private List<String> paths = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description = "What the files are: ${COMPLETION-CANDIDATES}. Default: as their endings say.")
  private DataFormat format;

  @Option(
      names = "--labels",
      split = ",",
      paramLabel = "FILE",
      description =
          "Files of labels, one for each SOURCE and in their order; each SOURCE is one file then."
              + " Default: those that lie beside the data.")
  private List<String> labels = new ArrayList<>();

  @Option(
      names = "--classes",
      paramLabel = "FILE",
      description =
          "Folders of classes: their names, one a line; a folder has the number of its line as label,"
              + " from 0. Or a table that was converted before: its classes. Default: the folders'"
              + " own numbers, or else their places in the alphabet.")
  private String classes;

  @Option(
      names = "--frames",
      paramLabel = "T",
      description = "Events: count them into T frames, each a step.")
  private Integer frames;

  @Option(
      names = "--split-by",
      paramLabel = "WHAT",
      description =
          "--frames: each has the same number of events, or the same time. Default: number.")
  private Binning.SplitBy splitBy;

  @Option(
      names = "--frame-duration",
      paramLabel = "SECONDS",
      description = "Events: count them into frames that last so long, each a step.")
  private BigDecimal duration;

  @Option(
      names = "--pad-to",
      paramLabel = "T",
      description = "--frame-duration: give shorter samples empty frames up to T.")
  private Integer padTo;

  @Option(
      names = "--dt",
      paramLabel = "SECONDS",
      description = "Events: keep them, at the step of their time.")
  private BigDecimal dt;

  @Option(
      names = "--size",
      paramLabel = "WxH",
      description = "Events: the sensor's width and height, or the number of neurons.")
  private String size;

  @Option(names = "--merge-polarities", description = "Events: do not tell polarities apart.")
  private boolean merge;

  @Mixin(name = OutputOptions.NAME)
  private OutputOptions said;

  @Mixin private SparkOptions spark;

  @Override
  public Integer call() {
    DataRequest request =
        new DataRequest(
            paths.subList(0, paths.size() - 1),
            paths.get(paths.size() - 1),
            format,
            labels,
            classes,
            binning(),
            shape(),
            merge ? DataRequest.Polarity.MERGED : DataRequest.Polarity.SEPARATE);
    return spark.with(
        "velella convert data",
        session -> {
          print(request, OptionNames.DATA.in(() -> converted(session, request)));
          return ExitCode.DONE;
        });
  }

  private DataSummary converted(SparkSession session, DataRequest request) {
    if (said.isVerbose()) {
      return ConvertData.run(session, request);
    }
    Logs.Muted tasks = Logs.muteTasks();
    try {
      return ConvertData.run(session, request);
    } finally {
      tasks.close();
    }
  }

  private Binning binning() {
    int given = (frames == null ? 0 : 1) + (duration == null ? 0 : 1) + (dt == null ? 0 : 1);
    if (given > 1) {
      throw new UsageException("Give one of --frames, --frame-duration and --dt");
    }
    if (splitBy != null && frames == null || padTo != null && duration == null) {
      throw new UsageException("--split-by goes with --frames, --pad-to with --frame-duration");
    }
    try {
      if (frames != null) {
        return new Binning.FixedNumber(frames, splitBy == null ? Binning.SplitBy.NUMBER : splitBy);
      }
      if (duration != null) {
        return new Binning.FixedDuration(duration, padTo == null ? 0 : padTo);
      }
      return dt == null ? null : new Binning.Steps(dt);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage(), e);
    }
  }

  private EventShape shape() {
    if (size == null) {
      return null;
    }
    Matcher parts = SIZE.matcher(size);
    try {
      if (parts.matches()) {
        int width = Integer.parseInt(parts.group(1));
        return parts.group(2) == null
            ? EventShape.neurons(width)
            : EventShape.camera(Integer.parseInt(parts.group(2)), width);
      }
    } catch (IllegalArgumentException e) {
      throw new UsageException("--size " + size + ": " + e.getMessage(), e);
    }
    throw new UsageException("--size is '%s'; give 128x128, or 700".formatted(size));
  }

  private void print(DataRequest request, DataSummary summary) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        "%s: %d samples of %d file%s, %s %s"
            .formatted(
                request.output(),
                summary.samples(),
                summary.files(),
                summary.files() == 1 ? "" : "s",
                summary.steps() == DataSummary.Steps.COUNTED ? "a step" : "a sample",
                summary.axes()));
    if (summary.steps() == DataSummary.Steps.COUNTED) {
      out.println("steps     " + steps(summary));
    }
    out.println(
        summary.labelled() == 0
            ? "labels    none"
            : "labels    %d classes, %d samples with one"
                .formatted(summary.labels(), summary.labelled()));
    if (!summary.classes().isEmpty()) {
      out.println("classes   " + classes(summary.classes()));
    }
    if (summary.rounded() > 0) {
      out.println(
          "rounded   %d values, which no float32 is; each is the nearest one"
              .formatted(summary.rounded()));
    }
    if (!summary.leftOut().isEmpty()) {
      out.println(
          "left out  %d file%s of other endings, the first is %s"
              .formatted(
                  summary.leftOut().size(),
                  summary.leftOut().size() == 1 ? "" : "s",
                  summary.leftOut().get(0)));
    }
    out.flush();
  }

  /** The classes by their labels, as many as a terminal has room for. */
  private static String classes(List<String> names) {
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < Math.min(MOST_SHOWN, names.size()); i++) {
      shown.add(i + " " + names.get(i));
    }
    String more = names.size() > MOST_SHOWN ? ", … (all are in " + DataSummary.FILE + ")" : "";
    return String.join(", ", shown) + more;
  }

  private static String steps(DataSummary summary) {
    return summary.leastSteps() == summary.mostSteps()
        ? String.valueOf(summary.mostSteps())
        : summary.leastSteps() + " to " + summary.mostSteps();
  }
}
