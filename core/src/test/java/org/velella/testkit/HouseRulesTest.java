package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.velella.testkit.fixture.broken.Deserializes;
import org.velella.testkit.fixture.broken.KeepsOptional;
import org.velella.testkit.fixture.broken.LoadsByContext;
import org.velella.testkit.fixture.broken.LoadsByName;
import org.velella.testkit.fixture.broken.LoadsByOwnLoader;
import org.velella.testkit.fixture.broken.LooksAtContextLoader;
import org.velella.testkit.fixture.broken.Switchable;
import org.velella.testkit.fixture.broken.UsesRegex;

/** Each rule fails on a class that breaks it and passes on one that does not. */
class HouseRulesTest {
  private static final String BROKEN = "org.velella.testkit.fixture.broken";

  private static final JavaClasses PLANTED =
      HouseRules.besides(HouseRulesTest.class).that(JavaClass.Predicates.resideInAPackage(BROKEN));

  private static JavaClasses only(Class<?> type) {
    return PLANTED.that(JavaClass.Predicates.equivalentTo(type));
  }

  private static void catches(ArchRule rule, Class<?> culprit, String words) {
    assertThatThrownBy(() -> rule.check(only(culprit)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(culprit.getSimpleName())
        .hasMessageContaining(words);
  }

  private static void allows(ArchRule rule, Class<?> innocent) {
    assertThatCode(() -> rule.check(only(innocent))).doesNotThrowAnyException();
  }

  @Test
  void deserializationIsCaught() {
    catches(HouseRules.noDeserialization(), Deserializes.class, "ObjectInputStream");
    catches(HouseRules.everywhere(), Deserializes.class, "ObjectInputStream");
    allows(HouseRules.noDeserialization(), LoadsByOwnLoader.class);
  }

  @Test
  void loadingClassesByNameIsCaught() {
    catches(HouseRules.classesByNameOnlyIn("org.velella.Other"), LoadsByName.class, "forName");
    catches(HouseRules.everywhere(), LoadsByName.class, "forName");
    allows(HouseRules.classesByNameOnlyIn(LoadsByName.class.getName()), LoadsByName.class);
    allows(HouseRules.classesByNameOnlyIn("org.velella.Other"), LoadsByOwnLoader.class);
  }

  @Test
  void contextClassLoaderIsCaughtOutsideItsOneClass() {
    ArchRule rule = HouseRules.contextClassLoaderOnlyIn("org.velella.backend.Backends");
    catches(rule, LooksAtContextLoader.class, "getContextClassLoader");
    catches(rule, LoadsByContext.class, "ServiceLoader.load");
    catches(HouseRules.everywhere(), LoadsByContext.class, "ServiceLoader.load");
    allows(rule, LoadsByOwnLoader.class);
    assertThatThrownBy(
            () ->
                HouseRules.contextClassLoaderOnlyIn(LooksAtContextLoader.class.getName())
                    .check(PLANTED))
        .hasMessageContaining("LoadsByContext")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("LooksAtContextLoader.look"));
  }

  @Test
  void keptOrPassedOptionalIsCaught() {
    catches(HouseRules.optionalOnlyReturned(), KeepsOptional.class, "takes an Optional");
    catches(HouseRules.everywhere(), KeepsOptional.class, "name");
    allows(HouseRules.everywhere(), LoadsByOwnLoader.class);
  }

  @Test
  void libraryOutsideItsPackageIsCaught() {
    catches(HouseRules.onlyPackageMayUse("org.else", "java.util.regex.."), UsesRegex.class, "only");
    allows(HouseRules.onlyPackageMayUse(BROKEN, "java.util.regex.."), UsesRegex.class);
  }

  @Test
  void bannedNameIsCaught() {
    ArchRule rule = HouseRules.neverNamed(BROKEN, "java.util..", List.of("Pattern"));
    catches(rule, UsesRegex.class, "Pattern");
    allows(rule, LoadsByOwnLoader.class);
    assertThatThrownBy(
            () ->
                HouseRules.neverNamed("org.nowhere", "java.util..", List.of("Pattern"))
                    .check(PLANTED))
        .hasMessageContaining("failed to check any classes");
  }

  @Test
  void booleanParameterIsCaughtWhereItIsDeclared() {
    catches(HouseRules.noBooleanParameters(), Switchable.class, "takes a boolean");
    allows(HouseRules.noBooleanParameters(), LoadsByOwnLoader.class);
  }
}
