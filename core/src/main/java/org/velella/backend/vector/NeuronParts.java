package org.velella.backend.vector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.velella.equation.OpCode;
import org.velella.equation.StepProgram.Instruction;

/** How the instructions of a step are cut into parts of about equal cost, dead ones left out. */
final class NeuronParts {
  /**
   * Vector operations of a step that is one loop, and up to which a part takes values of earlier
   * ones. The JIT of Java 25 refuses loops of about two hundred, and one that writes bits may have
   * twice as many, of several vectors.
   */
  private static final int BUDGET = 48;

  /**
   * Vector operations of each part of a longer step, roughly. Chains of them are long, and a
   * processor looks ahead for a number of instructions: short loops let it work at more neurons at
   * once. (Parts of 30 to 50 operations were measured to be slower.)
   */
  private static final int PART_BUDGET = 24;

  /** What making a value's NaNs one and storing it in a recording takes. */
  private static final int RECORDING = 6;

  private final NeuronVariant variant;
  private final List<Instruction> code;
  private final Magnitudes magnitudes;
  private final HalvedPowers halved;
  private final Clamps clamps;
  private final boolean[] live;
  private final int[] part;

  /** The values that each instruction reads, and the instructions that read each value. */
  private final List<List<Integer>> operands = new ArrayList<>();

  private final List<List<Integer>> readers = new ArrayList<>();

  /** Where among the values of its part a value is computed; of equals, in order. */
  private final int[] place;

  private int count = 1;

  private NeuronParts(NeuronVariant variant) {
    this.variant = variant;
    code = variant.instructions();
    magnitudes = new Magnitudes(code);
    halved = new HalvedPowers(code, magnitudes);
    clamps = new Clamps(code);
    live = new boolean[code.size()];
    part = new int[code.size()];
    place = IntStream.range(0, part.length).toArray();
    for (int i = 0; i < part.length; i++) {
      operands.add(operandsOf(i));
      readers.add(new ArrayList<>());
    }
  }

  static NeuronParts of(NeuronVariant variant) {
    NeuronParts parts = new NeuronParts(variant);
    variant.memoryResults().forEach(i -> parts.live[i] = true);
    variant.recorded().forEach(i -> parts.live[i] = true);
    parts.live[variant.output()] = true;
    for (int i = parts.code.size() - 1; i >= 0; i--) {
      if (parts.live[i] && !parts.isLeaf(i)) {
        for (int operand : parts.operands.get(i)) {
          parts.live[operand] = true;
          parts.readers.get(operand).add(i);
        }
      }
    }
    parts.cut();
    parts.advanceResults();
    parts.delay();
    parts.leaveOutEmpty();
    return parts;
  }

  private void cut() {
    int budget = isOneLoop() ? BUDGET : PART_BUDGET;
    int cost = 0;
    for (int i = 0; i < part.length; i++) {
      if (live[i] && !isLeaf(i)) {
        int own = cost(i);
        if (cost > 0 && cost + own > budget) {
          count++;
          cost = 0;
        }
        cost += own;
      }
      part[i] = count - 1;
    }
  }

  /**
   * Takes what a memory is to hold to its last operand: it then goes to the memory, and need not
   * lie in scratch memory, nor need operands that nothing else reads. Where that part would become
   * too long, it stays.
   */
  private void advanceResults() {
    for (int result : variant.memoryResults()) {
      if (!isLeaf(result)) {
        int own = part[result];
        int ownPlace = place[result];
        place[result] = 0;
        part[result] = 0;
        for (int operand : operands.get(result)) {
          if (!isLeaf(operand) && place[operand] >= place[result]) {
            place[result] = place[operand];
            part[result] = part[operand];
          }
        }
        if (part[result] != own && costOf(part[result]) > BUDGET) {
          part[result] = own;
          place[result] = ownPlace;
        }
      }
    }
  }

  /**
   * Takes values to the first part that reads them where fewer then lie in scratch memory, and the
   * part stays short enough: those that are made of memories, inputs and what lies there anyway.
   */
  private void delay() {
    for (int i = part.length - 1; i >= 0; i--) {
      if (live[i] && !isLeaf(i) && !isKept(i)) {
        int first = readers.get(i).stream().mapToInt(reader -> part[reader]).min().orElseThrow();
        int own = part[i];
        long before = leftNear(i);
        part[i] = first;
        if (leftNear(i) >= before || costOf(first) > BUDGET) {
          part[i] = own;
        }
      }
    }
  }

  private int costOf(int number) {
    return computedIn(number).stream().mapToInt(this::cost).sum();
  }

  private boolean isKept(int i) {
    return i == variant.output()
        || variant.memoryResults().contains(i)
        || variant.recorded().contains(i);
  }

  /** How many values lie in scratch memory, of those for which the part of one may matter. */
  private long leftNear(int i) {
    Set<Integer> values = new TreeSet<>(operands.get(i));
    for (int operand : operands.get(i)) {
      if (code.get(operand).op() == OpCode.MEMORY) {
        values.add(variant.memoryResults().get(code.get(operand).a()));
      }
    }
    values.add(i);
    return values.stream().filter(this::isLeft).count();
  }

  /** Whether a later part needs what a part has computed. */
  private boolean isLeft(int i) {
    if (isLeaf(i)) {
      return false;
    }
    for (int m = 0; m < variant.memoryResults().size(); m++) {
      if (variant.memoryResults().get(m) == i && storedIn(m) > part[i]) {
        return true;
      }
    }
    return readers.get(i).stream().anyMatch(reader -> part[reader] > part[i]);
  }

  private void leaveOutEmpty() {
    int[] used =
        IntStream.range(0, part.length)
            .filter(i -> live[i] && !isLeaf(i))
            .map(i -> part[i])
            .distinct()
            .sorted()
            .toArray();
    for (int i = 0; i < part.length; i++) {
      if (live[i] && !isLeaf(i)) {
        part[i] = Arrays.binarySearch(used, part[i]);
      }
    }
    count = Math.max(1, used.length);
  }

  /** The part that stores a memory: it has been computed, and nothing later reads the old one. */
  int storedIn(int memory) {
    int result = variant.memoryResults().get(memory);
    int last = writtenIn(result);
    for (int i = 0; i < part.length; i++) {
      if (isMemory(i, memory)) {
        for (int reader : readers.get(i)) {
          last = Math.max(last, part[reader]);
        }
      }
    }
    boolean passedOn =
        isMemory(variant.output(), memory)
            || variant.recorded().stream().anyMatch(i -> isMemory(i, memory))
            || variant.memoryResults().stream().anyMatch(i -> isMemory(i, memory));
    return passedOn ? count - 1 : last;
  }

  private boolean isMemory(int i, int memory) {
    return code.get(i).op() == OpCode.MEMORY && code.get(i).a() == memory;
  }

  /** Vector operations of an instruction, roughly. */
  private int cost(int i) {
    OpCode op = code.get(i).op();
    int recording = variant.recorded().contains(i) && !isTruth(op) ? RECORDING : 0;
    return recording + operationCost(op, i);
  }

  private int operationCost(OpCode op, int i) {
    return switch (op) {
      case GREATER, GREATER_EQUAL, SELECT, EXPONENT -> 4;
      case EQUAL, POW2 -> 3;
      case AND, OR, SIGNIFICAND -> 2;
      case RINT -> magnitudes.small(code.get(i).a()) ? 4 : 8;
      case FLOOR -> magnitudes.small(code.get(i).a()) ? 8 : 14;
      case NOT -> 0;
      case MAX -> PartValues.isZero(code.get(code.get(i).b())) ? 4 : 1;
      case MIN -> clamps.clamped(i) >= 0 ? 5 : 1;
      default -> 1;
    };
  }

  /** Whether a step is short enough for one loop. */
  boolean isOneLoop() {
    int sum = 0;
    for (int i = 0; i < part.length; i++) {
      sum += live[i] && !isLeaf(i) ? cost(i) : 0;
    }
    return sum <= BUDGET;
  }

  /** Vector operations of one step of the live instructions, roughly. */
  int cost() {
    int sum = 0;
    for (int i = 0; i < part.length; i++) {
      sum += live[i] ? cost(i) : 0;
    }
    return sum;
  }

  /** Bytes that a neuron reads and writes in one step. */
  int bytes() {
    int numbers =
        1 + variant.inputs() + 2 * variant.memoryResults().size() + variant.recorded().size();
    return (numbers + variant.perNeuron().cardinality()) * Float.BYTES;
  }

  static boolean isTruth(OpCode op) {
    return switch (op) {
      case GREATER, GREATER_EQUAL, EQUAL, AND, OR, NOT -> true;
      default -> false;
    };
  }

  /** Whether a value is read where it is needed, not computed. */
  private boolean isLeaf(int i) {
    return !code.get(i).op().hasOperands();
  }

  private List<Integer> operandsOf(int i) {
    int whole = halved.whole(i);
    if (whole >= 0) {
      return List.of(whole);
    }
    int clamped = clamps.clamped(i);
    if (clamped >= 0) {
      return List.of(clamped);
    }
    Instruction in = code.get(i);
    List<Integer> operands = new ArrayList<>(3);
    for (int operand : new int[] {in.a(), in.b(), in.c()}) {
      if (operand >= 0) {
        operands.add(operand);
      }
    }
    return operands;
  }

  int count() {
    return count;
  }

  /** The values that a part computes, in order. */
  List<Integer> computedIn(int number) {
    List<Integer> values = new ArrayList<>();
    for (int i = 0; i < part.length; i++) {
      if (live[i] && part[i] == number && !isLeaf(i)) {
        values.add(i);
      }
    }
    values.sort(Comparator.comparingInt(i -> place[i]));
    return values;
  }

  /** The values that a part computes and a later one reads, in order. */
  List<Integer> leftBy(int number) {
    return IntStream.range(0, part.length)
        .filter(i -> live[i] && part[i] == number && isLeft(i))
        .boxed()
        .toList();
  }

  /**
   * How many vectors a loop of a part takes at once, so that bits are joined once for all of them:
   * as many as a word has bits for and the loop has room for.
   */
  int vectorsAtOnce(int number, int lanes) {
    int room = 2 * BUDGET / (costOf(number) + 1);
    return Integer.highestOneBit(Math.max(1, Math.min(Long.SIZE / lanes, room)));
  }

  /** The part that writes a value to the output or a recording. */
  int writtenIn(int i) {
    return isLeaf(i) ? count - 1 : part[i];
  }
}
