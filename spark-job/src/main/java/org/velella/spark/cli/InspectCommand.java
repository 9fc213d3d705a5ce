package org.velella.spark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.velella.backend.Availability;
import org.velella.backend.Backend;
import org.velella.backend.Backends;
import org.velella.backend.DeviceBackend;
import org.velella.module.MemorySpec;
import org.velella.network.Edge;
import org.velella.network.Network;
import org.velella.network.NetworkDigest;
import org.velella.network.Node;
import org.velella.network.nir.NirConvention;
import org.velella.network.nir.NirImport;
import org.velella.population.PopulationNetwork;
import org.velella.spark.job.ExitCode;
import org.velella.spark.job.NetworkSource;
import org.velella.spark.job.RunReport;
import org.velella.spark.job.UsageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code velella inspect}: what a network file or a run holds, without Spark. */
@Command(
    name = "inspect",
    description = "Show a network file, a run and its checkpoint, or the backends.",
    footer = {
      "",
      "Examples:",
      "  velella inspect net.nir --convention snntorch --conventions",
      "  velella inspect run --verify",
      "  velella inspect --backends"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PATH",
      description = "A network file or a run directory.")
  private String path;

  @Option(names = "--backends", description = "List the backends and why each can run or not.")
  private boolean backends;

  @Option(
      names = "--convention",
      defaultValue = "norse",
      paramLabel = "NAME",
      description = "How NIR's equations become steps. Default: ${DEFAULT-VALUE}.")
  private String convention;

  @Option(
      names = "--dt",
      defaultValue = "1e-4",
      paramLabel = "SECONDS",
      converter = Seconds.class,
      description =
          "Time of one step, in seconds or with a unit, such as '0.1 ms'. Default:"
              + " ${DEFAULT-VALUE}.")
  private double dt;

  @Option(
      names = "--conventions",
      description =
          "Of a NIR file, print what every node computes in a step, with the file's numbers, and what"
              + " it would compute under each preset.")
  private boolean conventions;

  @Option(
      names = "--verify",
      description =
          "Of a run, read every byte of every file that its checkpoint lists and of those that it"
              + " needs of its own; without it, only whether they are there, with their lengths"
              + " where these are known. Exit code 5 if one of its own is damaged or missing or a"
              + " range has no sound state, 1 if another file is damaged or missing, or a newer manifest damaged.")
  private boolean verify;

  @Option(names = "--json", description = "Print a run as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (path == null && !backends) {
      throw new UsageException("Give a network file, a run directory, or --backends");
    }
    if (backends) {
      printBackends(out);
    }
    int code = ExitCode.DONE;
    if (path != null) {
      if (RunReport.isRun(path)) {
        ObjectNode run = RunReport.of(path, verify);
        code = RunReport.exitCode(run);
        if (json) {
          out.println(run.toPrettyString());
        } else {
          print(run, "", out);
        }
      } else {
        Configuration conf = new Configuration();
        List<String> explained =
            conventions ? NetworkSource.explain(path, convention, dt, conf) : List.of();
        Optional<PopulationNetwork> populations = NetworkSource.populations(path, conf);
        print(
            populations.isPresent()
                ? new NirImport(
                    populations.get().network(),
                    NirConvention.named(convention),
                    dt,
                    populations.get().notes())
                : NetworkSource.readWithNotes(path, convention, dt, conf),
            out);
        populations.ifPresent(found -> PopulationTables.print(found, out));
        if (conventions) {
          out.println();
          explained.forEach(out::println);
        }
      }
    }
    out.flush();
    return code;
  }

  private static void printBackends(PrintWriter out) {
    TextTable table = new TextTable("backend", "available", "reason");
    for (Backend backend : Backends.load().all()) {
      Availability found = backend.availability();
      table.add(
          backend.name(),
          found.available() ? "yes" : "no",
          (found.reason() + (found.available() ? "" : ". " + found.remedy())).strip());
    }
    table.print(out);
    for (Backend backend : Backends.load().all()) {
      if (backend instanceof DeviceBackend devices && !devices.devices().isEmpty()) {
        printDevices(devices, out);
      }
    }
  }

  private static void printDevices(DeviceBackend backend, PrintWriter out) {
    TextTable table = new TextTable(backend.name(), "device", "memory", "id");
    for (DeviceBackend.Device device : backend.devices()) {
      table.add(
          Integer.toString(device.ordinal()),
          device.name(),
          String.format(Locale.ROOT, "%.1f GiB", device.bytes() / (double) (1L << 30)),
          device.id());
    }
    out.println();
    table.print(out);
  }

  private static void print(JsonNode node, String indent, PrintWriter out) {
    for (Iterator<String> keys = node.fieldNames(); keys.hasNext(); ) {
      String key = keys.next();
      JsonNode value = node.get(key);
      if (value.isObject()) {
        out.println(indent + key);
        print(value, indent + "  ", out);
      } else if (value.isArray()) {
        out.println(indent + key + (value.isEmpty() ? "  none" : ""));
        value.forEach(each -> out.println(indent + "  " + line(each)));
      } else {
        out.println(indent + key + "  " + value.asText());
      }
    }
  }

  private static String line(JsonNode value) {
    if (!value.isObject()) {
      return value.asText();
    }
    StringBuilder text = new StringBuilder();
    value.elements().forEachRemaining(each -> text.append(each.asText()).append("  "));
    return text.toString().strip();
  }

  private void print(NirImport imported, PrintWriter out) {
    Network network = imported.network();
    out.println("network     " + path);
    out.println("convention  " + imported.convention());
    out.println("dt          " + imported.dt() + " s");
    out.println("digest      " + NetworkDigest.of(network).value());
    imported.notes().forEach(note -> out.println("note        " + note));
    out.println();
    TextTable nodes = new TextTable("node", "kind", "from", "output", "memories");
    for (Node node : network.nodes()) {
      nodes.add(
          node.path(),
          node.operation().kind(),
          sources(network, node),
          network.outputShape(node.name()).toString(),
          memories(network, node));
    }
    nodes.print(out);
    for (Edge edge : network.delayed()) {
      out.println("one step late: " + edge);
    }
  }

  /** The nodes before a node, those of a named input behind its name. */
  private static String sources(Network network, Node node) {
    List<String> inputs = node.operation().inputNames();
    if (inputs.size() < 2) {
      return String.join(" ", network.sources(node.name()));
    }
    StringBuilder text = new StringBuilder();
    for (String input : inputs) {
      List<String> from = network.sources(node.name(), input);
      String names = from.isEmpty() ? "none" : String.join(" ", from);
      text.append(input).append(": ").append(names).append("  ");
    }
    return text.toString().strip();
  }

  private static String memories(Network network, Node node) {
    String prefix = node.path() + ".";
    StringBuilder text = new StringBuilder();
    for (String memory : network.memories().keySet()) {
      boolean below =
          network.nodes().stream()
              .anyMatch(
                  other ->
                      other.path().startsWith(prefix) && memory.startsWith(other.path() + "."));
      if (memory.startsWith(prefix) && !below) {
        MemorySpec of = network.memories().get(memory);
        text.append(memory.substring(prefix.length())).append(' ').append(of.shape()).append(' ');
      }
    }
    return text.toString().strip();
  }
}
