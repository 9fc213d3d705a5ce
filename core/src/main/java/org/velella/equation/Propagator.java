package org.velella.equation;

import java.util.ArrayList;
import java.util.List;

/**
 * The constants of a linear system over one step: what carries variable j into variable i, what a
 * rest of equation j gains in variable i, and what the constants of all equations pull variable i
 * by. Only those are made that can differ from 0.
 */
final class Propagator {
  private final LinearForm[] forms;
  private final boolean[][] reaches;
  private final List<String> entries = new ArrayList<>();

  Propagator(LinearForm[] forms) {
    this.forms = forms;
    int count = forms.length;
    reaches = new boolean[count][count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        reaches[i][j] = i == j || forms[i].factors()[j] != null;
      }
    }
    for (int k = 0; k < count; k++) {
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < count; j++) {
          reaches[i][j] |= reaches[i][k] && reaches[k][j];
        }
      }
    }
    for (int i = 0; i < count; i++) {
      boolean pulled = false;
      for (int j = 0; j < count; j++) {
        if (reaches[i][j]) {
          entries.add(carry(i, j));
        }
        if (reaches[i][j] && forms[j].rest() != null) {
          entries.add(gain(i, j));
        }
        pulled |= reaches[i][j] && forms[j].constant() != null;
      }
      if (pulled) {
        entries.add(pull(i));
      }
    }
  }

  static String carry(int row, int column) {
    return "carry_" + row + "_" + column;
  }

  static String gain(int row, int column) {
    return "gain_" + row + "_" + column;
  }

  static String pull(int row) {
    return "pull_" + row;
  }

  /** Names of the constants, in order. */
  List<String> entries() {
    return entries;
  }

  /** Computes the constants, in order, from parameters and derived values. */
  ConstantTable.Group bind(ConstantTable table) {
    int count = forms.length;
    Float64.Value[][] factors = new Float64.Value[count][count];
    Float64.Value[] constants = new Float64.Value[count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        factors[i][j] = bind(table, forms[i].factors()[j]);
      }
      constants[i] = bind(table, forms[i].constant());
    }
    Float64.Value step = table.bind(new Expression.Name(Integration.STEP, new Position(1, 1)));
    return values -> compute(values, step.at(values), factors, constants);
  }

  private static Float64.Value bind(ConstantTable table, Expression expression) {
    return expression == null ? values -> 0 : table.bind(expression);
  }

  private double[] compute(
      double[] values, double step, Float64.Value[][] factors, Float64.Value[] constants) {
    int count = forms.length;
    // e^[[M, I], [0, 0]] has e^M on the left and the integral of e^(M s) on the right.
    double[][] m = new double[2 * count][2 * count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        m[i][j] = step * factors[i][j].at(values);
      }
      m[i][count + i] = step;
    }
    double[][] e = MatrixExponential.of(m);
    double[] result = new double[entries.size()];
    int next = 0;
    for (int i = 0; i < count; i++) {
      double pull = 0;
      boolean pulled = false;
      for (int j = 0; j < count; j++) {
        if (reaches[i][j]) {
          result[next++] = e[i][j];
        }
        if (reaches[i][j] && forms[j].rest() != null) {
          result[next++] = e[i][count + j];
        }
        if (reaches[i][j] && forms[j].constant() != null) {
          pull += e[i][count + j] * constants[j].at(values);
          pulled = true;
        }
      }
      if (pulled) {
        result[next++] = pull;
      }
    }
    return result;
  }
}
