package org.velella.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a random test, in place of {@code @Test}: the method takes a {@link
 * java.util.SplittableRandom} and may draw everything random from it.
 *
 * <p>The seed is that of {@code -Dtests.seed}, or a fresh one. A failure prints the one line that
 * reproduces it.
 *
 * <pre>{@code
 * @Seeded(times = 20)
 * void sliceThenConcatGivesTheSameTensor(SplittableRandom random) { … }
 * }</pre>
 *
 * A {@code @ParameterizedTest} gets the same by {@code @ExtendWith(SeededExtension.class)} and a
 * {@code SplittableRandom} as its last parameter.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(SeededExtension.class)
public @interface Seeded {
  /** How often the test runs, each time with another seed; at least 1. */
  int times() default 1;
}
