package org.velella.equation;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * An expression as a sum: a factor times each of some variables, and what does not depend on them.
 * Null stands for 0.
 *
 * @param factors one for each variable
 * @param constant what depends on constants only
 * @param rest what else there is
 */
record LinearForm(Expression[] factors, Expression constant, Expression rest) {
  /** Takes expressions apart. */
  static final class Splitter {
    private final List<String> variables;
    private final Predicate<String> isConstant;

    /**
     * @param variables in which expressions shall be linear
     * @param isConstant whether a name stands for the same number in every step
     */
    Splitter(List<String> variables, Predicate<String> isConstant) {
      this.variables = variables;
      this.isConstant = isConstant;
    }

    /**
     * The form of an expression.
     *
     * @throws NotLinear if there is none
     */
    LinearForm split(Expression expression) {
      if (!has(expression, variables::contains)) {
        return free(expression);
      }
      Terms terms = new Terms(expression.at());
      if (expression instanceof Expression.Name name) {
        Expression[] factors = new Expression[variables.size()];
        factors[variables.indexOf(name.name())] = terms.number(1);
        return new LinearForm(factors, null, null);
      }
      Expression.Apply apply = (Expression.Apply) expression;
      return switch (apply.operator()) {
        case ADD -> both(split(apply.operand(0)), split(apply.operand(1)), terms::sum);
        case SUB -> both(split(apply.operand(0)), split(apply.operand(1)), terms::difference);
        case NEG -> each(split(apply.operand(0)), terms::negative);
        case MUL -> product(apply, terms);
        case DIV -> {
          Expression by = requireFree(apply, 1);
          yield scaled(split(apply.operand(0)), by, terms, part -> terms.quotient(part, by));
        }
        case FMA -> {
          Expression.Apply times =
              new Expression.Apply(Operator.MUL, apply.operands().subList(0, 2), apply.at());
          yield both(product(times, terms), split(apply.operand(2)), terms::sum);
        }
        case WHERE -> {
          Expression condition = requireFree(apply, 0);
          LinearForm a = steppedUnlessConstant(split(apply.operand(1)), condition, terms);
          LinearForm b = steppedUnlessConstant(split(apply.operand(2)), condition, terms);
          yield both(a, b, (x, y) -> terms.choice(condition, x, y));
        }
        default -> throw new NotLinear(apply);
      };
    }

    private LinearForm free(Expression expression) {
      boolean constant = isConstant(expression);
      return new LinearForm(
          new Expression[variables.size()],
          constant ? expression : null,
          constant ? null : expression);
    }

    boolean isConstant(Expression expression) {
      return !has(expression, name -> !isConstant.test(name));
    }

    private LinearForm product(Expression.Apply apply, Terms terms) {
      boolean left = has(apply.operand(0), variables::contains);
      Expression by = requireFree(apply, left ? 1 : 0);
      LinearForm of = split(apply.operand(left ? 0 : 1));
      return scaled(
          of, by, terms, part -> left ? terms.product(part, by) : terms.product(by, part));
    }

    /** What depends on no variable, or else a refusal. */
    private Expression requireFree(Expression.Apply apply, int operand) {
      if (has(apply.operand(operand), variables::contains)) {
        throw new NotLinear(apply);
      }
      return apply.operand(operand);
    }

    /** A form times or by something. */
    private LinearForm scaled(LinearForm of, Expression by, Terms terms, Part scale) {
      return each(steppedUnlessConstant(of, by, terms), scale);
    }

    private LinearForm steppedUnlessConstant(LinearForm form, Expression by, Terms terms) {
      if (isConstant(by)) {
        return form;
      }
      return new LinearForm(form.factors, null, terms.sum(form.constant, form.rest));
    }
  }

  private interface Part {
    Expression of(Expression part);
  }

  private interface Parts {
    Expression of(Expression a, Expression b);
  }

  private static LinearForm each(LinearForm form, Part part) {
    Expression[] factors = Arrays.stream(form.factors).map(part::of).toArray(Expression[]::new);
    return new LinearForm(factors, nullable(form.constant, part), nullable(form.rest, part));
  }

  private static Expression nullable(Expression expression, Part part) {
    return expression == null ? null : part.of(expression);
  }

  private static LinearForm both(LinearForm a, LinearForm b, Parts parts) {
    Expression[] factors = new Expression[a.factors.length];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = parts.of(a.factors[i], b.factors[i]);
    }
    return new LinearForm(factors, parts.of(a.constant, b.constant), parts.of(a.rest, b.rest));
  }

  /** Whether an expression reads a name of some kind. */
  static boolean has(Expression expression, Predicate<String> name) {
    return expression instanceof Expression.Name found
        ? name.test(found.name())
        : expression instanceof Expression.Apply apply
            && apply.operands().stream().anyMatch(operand -> has(operand, name));
  }

  /** An expression has no such form. */
  static final class NotLinear extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Expression.Apply at;

    NotLinear(Expression.Apply at) {
      super("not linear", null, false, false);
      this.at = at;
    }

    /** The operation that is not linear. */
    Expression.Apply at() {
      return at;
    }
  }
}
