package org.velella.equation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads expressions from tokens. */
class ExpressionParser {
  static final int MAX_DEPTH = 64;
  static final int MAX_NODES = 4096;
  static final int MAX_POWER = 16;

  private static final Set<String> WORDS = Set.of("and", "or", "not", "model");
  private static final Map<String, Operator> COMPARISONS =
      Map.of(
          ">", Operator.GREATER,
          ">=", Operator.GREATER_EQUAL,
          "<", Operator.LESS,
          "<=", Operator.LESS_EQUAL,
          "==", Operator.EQUAL,
          "!=", Operator.NOT_EQUAL);
  private static final Map<String, Operator> SUMS = Map.of("+", Operator.ADD, "-", Operator.SUB);
  private static final Map<String, Operator> PRODUCTS =
      Map.of("*", Operator.MUL, "/", Operator.DIV);

  private final List<Token> tokens;
  private int next;
  private int nodes;
  private int nesting;

  ExpressionParser(List<Token> tokens) {
    this.tokens = tokens;
  }

  /** A text that is one expression, before names and types are checked. */
  static Expression expression(String text) {
    ExpressionParser parser = new ExpressionParser(Lexer.tokens(text));
    parser.skipEmptyLines();
    Expression expression = parser.expression();
    parser.skipEmptyLines();
    if (parser.token().kind() != Token.Kind.TEXT_END) {
      throw parser.unexpected("expected the end of the text after the expression");
    }
    return expression;
  }

  /** Whether a word has a meaning of its own and so cannot be a name. */
  static boolean isReserved(String word) {
    return WORDS.contains(word)
        || Operator.FUNCTIONS.containsKey(word)
        || Statement.Kind.keywords().containsKey(word);
  }

  Token token() {
    return tokens.get(next);
  }

  /** A token further on, or the last one. */
  Token ahead(int by) {
    return tokens.get(Math.min(next + by, tokens.size() - 1));
  }

  Token take() {
    return tokens.get(next++);
  }

  EquationException unexpected(String allowed) {
    return new EquationException(token().at(), "found " + token().shown() + "; " + allowed);
  }

  void expect(String symbol, String where) {
    if (!token().is(symbol)) {
      throw unexpected("expected '" + symbol + "' " + where);
    }
    next++;
  }

  void skipEmptyLines() {
    while (token().kind() == Token.Kind.LINE_END) {
      next++;
    }
  }

  final Expression expression() {
    if (++nesting > MAX_DEPTH) {
      throw tooDeep(token().at());
    }
    Expression result = disjunction();
    nesting--;
    depth(result);
    return result;
  }

  private static EquationException tooDeep(Position at) {
    return new EquationException(
        at, "the expression is nested deeper than %d; name a part of it".formatted(MAX_DEPTH));
  }

  /** Chains such as a+b+c nest to the left without recursion here, so depth is measured too. */
  private static int depth(Expression expression) {
    int deepest = 0;
    if (expression instanceof Expression.Apply apply) {
      for (Expression operand : apply.operands()) {
        deepest = Math.max(deepest, depth(operand));
      }
      if (deepest >= MAX_DEPTH) {
        throw tooDeep(apply.at());
      }
    }
    return deepest + 1;
  }

  private Expression node(Expression expression) {
    if (++nodes > MAX_NODES) {
      throw new EquationException(
          expression.at(),
          "the text has more than %d numbers, names and operators".formatted(4096));
    }
    return expression;
  }

  private Expression apply(Operator operator, Token token, Expression... operands) {
    return node(new Expression.Apply(operator, List.of(operands), token.at()));
  }

  private Expression disjunction() {
    Expression left = conjunction();
    while (token().is("or")) {
      left = apply(Operator.OR, take(), left, conjunction());
    }
    return left;
  }

  private Expression conjunction() {
    Expression left = negation();
    while (token().is("and")) {
      left = apply(Operator.AND, take(), left, negation());
    }
    return left;
  }

  private Expression negation() {
    if (!token().is("not")) {
      return comparison();
    }
    Token not = take();
    nest(not);
    Expression operand = negation();
    nesting--;
    return apply(Operator.NOT, not, operand);
  }

  private void nest(Token token) {
    if (++nesting > MAX_DEPTH) {
      throw tooDeep(token.at());
    }
  }

  private Expression comparison() {
    Expression left = chain(SUMS);
    Operator operator = symbol(COMPARISONS);
    if (operator == null) {
      return left;
    }
    left = apply(operator, take(), left, chain(SUMS));
    if (symbol(COMPARISONS) != null) {
      throw unexpected("comparisons do not chain; write 'a < b and b < c'");
    }
    return left;
  }

  private Operator symbol(Map<String, Operator> operators) {
    return token().kind() == Token.Kind.SYMBOL ? operators.get(token().text()) : null;
  }

  /** A left-associative chain of sums or of products. */
  private Expression chain(Map<String, Operator> operators) {
    boolean sums = operators == SUMS;
    Expression left = sums ? chain(PRODUCTS) : unary();
    for (Operator op = symbol(operators); op != null; op = symbol(operators)) {
      left = apply(op, take(), left, sums ? chain(PRODUCTS) : unary());
    }
    return left;
  }

  private Expression unary() {
    if (!token().is("-")) {
      return power();
    }
    Token minus = take();
    nest(minus);
    Expression operand = unary();
    nesting--;
    if (operand instanceof Expression.Number number) {
      return new Expression.Number(-number.value(), minus.at());
    }
    return apply(Operator.NEG, minus, operand);
  }

  private Expression power() {
    Expression base = primary();
    if (!token().is("^")) {
      return base;
    }
    Token caret = take();
    Token exponent = token();
    if (exponent.kind() != Token.Kind.NUMBER
        || exponent.value() != Math.rint(exponent.value())
        || exponent.value() < 1
        || exponent.value() > MAX_POWER) {
      throw unexpected("an exponent is a whole number from 1 to " + MAX_POWER);
    }
    next++;
    Expression.Number number = new Expression.Number(exponent.value(), exponent.at());
    return apply(Operator.POWER, caret, base, node(number));
  }

  private Expression primary() {
    Token token = token();
    switch (token.kind()) {
      case NUMBER -> {
        next++;
        return node(new Expression.Number(token.value(), token.at()));
      }
      case NAME -> {
        return tokens.get(next + 1).is("(") ? call() : named();
      }
      default -> {
        if (!token.is("(")) {
          throw unexpected("expected a number, a name, '-', 'not' or '('");
        }
        next++;
        Expression inner = expression();
        expect(")", "to close the parenthesis");
        return inner;
      }
    }
  }

  private Expression named() {
    Token token = token();
    if (isReserved(token.text())) {
      throw unexpected(
          Operator.FUNCTIONS.containsKey(token.text())
              ? "a function needs its arguments in parentheses"
              : "expected a number, a name, '-', 'not' or '('");
    }
    next++;
    return node(new Expression.Name(token.text(), token.at()));
  }

  private Expression call() {
    Operator function = Operator.FUNCTIONS.get(token().text());
    if (function == null) {
      throw unexpected("functions are " + String.join(", ", Operator.FUNCTIONS.keySet()));
    }
    Token name = take();
    next++;
    List<Expression> arguments = new ArrayList<>();
    arguments.add(expression());
    while (token().is(",")) {
      next++;
      arguments.add(expression());
    }
    if (arguments.size() != function.arity()) {
      throw new EquationException(
          name.at(),
          "found %d arguments of '%s'; it takes %d"
              .formatted(arguments.size(), function.symbol(), function.arity()));
    }
    expect(")", "after the arguments");
    return node(new Expression.Apply(function, List.copyOf(arguments), name.at()));
  }
}
