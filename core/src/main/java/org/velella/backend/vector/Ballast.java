package org.velella.backend.vector;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Puts statements whose results nobody reads where C2 of Java 17 leaves an operation half inlined.
 *
 * <p>From 18,000 nodes of a method on, C2 puts off all inlining; then it inlines one call after the
 * other until 40,000 nodes live, cleans up, and goes on. An operation in whose middle such a limit
 * is reached makes an object for every vector, if it is one of two vectors of integers: there an
 * operand might still be one whose lanes are masked for a shift. Which operation that is depends on
 * the model and on what else the JVM has compiled, so that kernels ran at full speed, or at a fifth
 * of it, by chance. Operations of float32 are not masked. So the limits are made to lie among
 * operations of float32 that are gone once they are inlined: each is some 400 nodes, and in {@code
 * LogCompilation} the first limit was always reached at the 45th, the next 82 to 99 calls behind
 * it, one more after 163 to 181; with masks after 98 to 113 and 194 to 211. Short methods have
 * ballast, too: without it C2 would make them parts of the method that calls them, and that one
 * might reach the limit. Code for Java 25 has it as well, though nothing shows that it needs any.
 */
final class Ballast {
  /** Operations at the beginning, for the first limit. */
  private static final int FIRST = 54;

  /** How many of them lie behind that limit. */
  private static final int BEHIND = 9;

  /** Those behind the first that ballast lies at; where a further one is, nobody can say. */
  private static final int MOST_LIMITS = 3;

  /**
   * Calls of the Vector API in a method, ballast included, for which the JIT is known to compile
   * it. Each is some thirty values for C1, and C1 gives methods of ten thousand up. If it does so
   * with counts of types, but has compiled the method without them before, C2 never gets it, and
   * every vector stays an object: in one of three JVMs that Spark had just started, for a method of
   * 314.
   */
  static final int MOST_CALLS = 285;

  private static final Pattern CALL = Pattern.compile("\\.[a-z]\\w*\\(");

  private Ballast() {}

  /**
   * A method's body, a statement each, with ballast at its beginning and in between.
   *
   * @param truth how the method holds conditions
   */
  static List<String> in(List<String> body, Truth truth) {
    List<String> all = new ArrayList<>(operations(0, FIRST));
    int limits = 1;
    long calls = 0;
    for (String statement : body) {
      calls += calls(statement);
      if (limits <= MOST_LIMITS && calls > limits * truth.fewestCalls() - BEHIND) {
        long before = calls - calls(statement);
        int count = (int) Math.max(0, limits * truth.mostCalls() - BEHIND - before);
        all.addAll(operations(limits, count));
        // And the one that makes a vector for them.
        calls += count + 1;
        limits++;
      }
      all.add(statement);
    }
    return all;
  }

  /** Calls of the Vector API in some statements. */
  static long calls(List<String> statements) {
    return statements.stream().mapToLong(Ballast::calls).sum();
  }

  private static long calls(String statement) {
    return CALL.matcher(statement).results().count();
  }

  private static List<String> operations(int band, int count) {
    String name = "ballast" + band;
    String add = "%s = %s.add(%s);".formatted(name, name, name);
    List<String> statements = new ArrayList<>(Collections.nCopies(count, add));
    statements.add(
        0, "FloatVector " + name + " = FloatVector.zero(FloatVector.SPECIES_PREFERRED);");
    return statements;
  }
}
