package org.velella.notebooks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import scala.Console;
import scala.collection.immutable.List$;
import scala.tools.nsc.Settings;
import scala.tools.nsc.interpreter.IMain;
import scala.tools.nsc.interpreter.Results;
import scala.tools.nsc.interpreter.shell.ReplReporterImpl;

/** The Scala shell under a note: what one paragraph defines, the next ones see. */
final class ScalaShell implements AutoCloseable {
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(shown, true, UTF_8);
  private final IMain interpreter;

  /**
   * @param classes where the classes go that it compiles
   */
  ScalaShell(Path classes) {
    Settings settings = new Settings();
    settings.processArgumentString(
        "-usejavacp -Yrepl-class-based -Yrepl-outdir " + classes.toAbsolutePath());
    interpreter =
        new IMain(settings, new ReplReporterImpl(settings, new PrintWriter(out, true, UTF_8)));
  }

  /** Makes a value known to the code. */
  void bind(String name, String type, Object value) {
    Results.Result result = interpreter.bind(name, type, value, List$.MODULE$.empty());
    if (result != Results.Success$.MODULE$) {
      throw new IllegalStateException("Cannot bind " + name + ": " + shown.toString(UTF_8));
    }
  }

  /**
   * Runs code as Zeppelin feeds it to Scala 2.13: all of a paragraph at once. A case class that is
   * sent to executors therefore needs a paragraph of its own.
   */
  Result run(String code) {
    shown.reset();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(interpreter.classLoader());
    try {
      boolean success = Console.withOut(out, () -> whole(code));
      return new Result(success, shown.toString(UTF_8));
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private boolean whole(String code) {
    Results.Result result = interpreter.interpret(code);
    if (result == Results.Incomplete$.MODULE$) {
      // A comment at the end looks as if something followed; Zeppelin prints nothing after it.
      result = interpreter.interpret(code + "\nprint(\"\")");
    }
    if (result == Results.Incomplete$.MODULE$) {
      out.println("The code ends in the middle of:\n" + code);
    }
    return result == Results.Success$.MODULE$;
  }

  @Override
  public void close() {
    interpreter.close();
  }

  /**
   * What code did.
   *
   * @param output what it printed and what the shell said about it
   */
  record Result(boolean success, String output) {}
}
