package org.velella.spark.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.velella.checkpoint.Selection;
import org.velella.provenance.CanonicalJson;
import org.velella.provenance.JsonFields;

/**
 * What a lease says.
 *
 * @param owner unique to the driver; empty if the lease cannot be read
 * @param host for people
 * @param machine where its process can be looked for: the same for all that see the same processes
 * @param started when the driver's process began, so that another one of its number is no driver
 * @param ticks the same in ticks since the machine was started, which no jump of its clock changes;
 *     empty where the system does not tell, or an earlier version wrote it
 * @param renewals counts up while the driver lives
 * @param released whether the driver has ended and holds nothing any more
 */
record LeaseRecord(
    String owner,
    String host,
    String machine,
    long pid,
    String started,
    String ticks,
    String application,
    String since,
    Selection selection,
    long renewals,
    boolean released) {
  private static final String NO_HOST = "unknown";
  private static final String MACHINE = thisMachine();

  /** A new one of this process. */
  static LeaseRecord own(String application, Selection selection) {
    ProcessHandle process = ProcessHandle.current();
    return new LeaseRecord(
        UUID.randomUUID().toString(),
        thisHost(),
        MACHINE,
        process.pid(),
        started(process),
        ticks(process.pid()),
        application,
        Instant.now().toString(),
        selection,
        0,
        false);
  }

  static LeaseRecord of(byte[] json, String name) {
    try {
      JsonFields fields = new JsonFields(CanonicalJson.parse(json, name), name);
      return new LeaseRecord(
          fields.text("owner"),
          fields.text("host"),
          fields.text("machine"),
          fields.number("pid"),
          fields.text("process_started"),
          fields.has("process_ticks") ? fields.text("process_ticks") : "",
          fields.text("application"),
          fields.text("since"),
          Selection.fromJson(fields),
          fields.number("renewals"),
          fields.number("released") != 0);
    } catch (IllegalArgumentException e) {
      // Whoever wrote it may live, with any samples.
      return new LeaseRecord("", "?", "", -1, "", "", "?", "?", Selection.all(), 0, false);
    }
  }

  byte[] bytes() {
    ObjectNode json =
        CanonicalJson.object()
            .put("owner", owner)
            .put("host", host)
            .put("machine", machine)
            .put("pid", pid)
            .put("process_started", started)
            .put("application", application)
            .put("since", since)
            .put("renewals", renewals)
            .put("released", released ? 1 : 0);
    if (!ticks.isEmpty()) {
      json.put("process_ticks", ticks);
    }
    if (!selection.isAll()) {
      json.set("selection", selection.toJson());
    }
    return CanonicalJson.bytes(json);
  }

  /** Who has it, in words. */
  String text() {
    return "process %d on %s, application %s, since %s".formatted(pid, host, application, since);
  }

  LeaseRecord renewed() {
    return with(renewals + 1, released);
  }

  LeaseRecord ended() {
    return with(renewals, true);
  }

  private LeaseRecord with(long renewed, boolean ended) {
    return new LeaseRecord(
        owner, host, machine, pid, started, ticks, application, since, selection, renewed, ended);
  }

  boolean isOfThisHost() {
    return machine.equals(MACHINE);
  }

  boolean isOfThisProcess() {
    return isOfThisHost() && isRunning() && pid == ProcessHandle.current().pid();
  }

  /** Whether the process that wrote it runs; asked on its own host only. */
  boolean isRunning() {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(this::isTheSame).isPresent();
  }

  private boolean isTheSame(ProcessHandle process) {
    String there = ticks.isEmpty() ? "" : ticks(process.pid());
    return there.isEmpty() ? started(process).equals(started) : there.equals(ticks);
  }

  /** Linux: the 22nd field of its state; the second one, a name, may hold spaces and brackets. */
  private static String ticks(long pid) {
    try {
      String state = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return state.substring(state.lastIndexOf(')') + 2).split(" ")[19];
    } catch (IOException | RuntimeException e) {
      return "";
    }
  }

  private static String started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("");
  }

  /**
   * Names of hosts are no proof: several may be called alike or have none, and containers of one
   * name may see different processes.
   */
  private static String thisMachine() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
          + " "
          + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException e) {
      return thisHost().equals(NO_HOST) ? UUID.randomUUID().toString() : thisHost();
    }
  }

  private static String thisHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return NO_HOST;
    }
  }
}
