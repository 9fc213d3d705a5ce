package org.velella.testkit;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.net.URL;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Rules of the house that hold in every module, as ArchUnit rules. */
public final class HouseRules {
  private static final Map<String, JavaClasses> READ = new ConcurrentHashMap<>();

  private HouseRules() {}

  /**
   * All classes that stand beside a given one: the module's shipped ones for a shipped class, its
   * tests for a test.
   */
  public static JavaClasses besides(Class<?> type) {
    URL folder = type.getProtectionDomain().getCodeSource().getLocation();
    return READ.computeIfAbsent(folder.toString(), key -> importer().importUrl(folder));
  }

  /**
   * Reads classes; of the libraries that they use it reads only the supertypes, which is all that
   * the rules ask about and many times faster.
   */
  private static ClassFileImporter importer() {
    String process = "import.dependencyResolutionProcess.maxIterationsFor";
    ArchConfiguration.get().setProperty(process + "MemberTypes", "0");
    ArchConfiguration.get().setProperty(process + "AccessesToTypes", "0");
    return new ClassFileImporter();
  }

  /** What every module obeys, whatever it is for. */
  public static ArchRule everywhere() {
    return CompositeArchRule.of(noDeserialization())
        .and(
            contextClassLoaderOnlyIn(
                "org.velella.backend.Backends", "org.velella.module.HostOperation"))
        .and(
            classesByNameOnlyIn(
                // Users' modules: only subclasses of Module, looked at before any of their code
                // runs.
                "org.velella.module.HostOperation",
                // Names that are written in the program.
                "org.velella.backend.vector.NeuronClasses",
                "org.velella.gpu.driver.JcudaNatives",
                "org.velella.spark.frame.VelellaKryoRegistrator"))
        .and(optionalOnlyReturned())
        .and(onlyPackageMayUse("org.velella.gpu.driver", "jcuda.."))
        .and(onlyPackageMayUse("org.velella.backend.vector", "jdk.incubator.."))
        .allowEmptyShould(true);
  }

  /** Bytes from outside never become objects by Java deserialization. */
  static ArchRule noDeserialization() {
    return noClasses().should().dependOnClassesThat().areAssignableTo("java.io.ObjectInputStream");
  }

  /** Reading a file never runs what it names: only a few classes load others by name at all. */
  static ArchRule classesByNameOnlyIn(String... classNames) {
    List<String> allowed = List.of(classNames);
    return noClasses()
        .that(not(belongTo(DescribedPredicate.describe("allowed", isOneOf(allowed)))))
        .should()
        .accessTargetWhere(
            DescribedPredicate.describe(
                "load classes by name",
                access -> {
                  JavaClass owner = access.getTargetOwner();
                  String name = access.getName();
                  return owner.isEquivalentTo(Class.class) && name.equals("forName")
                      || owner.isAssignableTo(ClassLoader.class)
                          && (name.equals("loadClass") || name.equals("defineClass"))
                      || owner.isEquivalentTo(java.lang.invoke.MethodHandles.Lookup.class)
                          && (name.equals("findClass") || name.startsWith("define"));
                }))
        .as("only " + allowed + " may load classes by name")
        .allowEmptyShould(true);
  }

  /**
   * Only a few classes may look at the context class loader: there they find plug-ins and users'
   * classes that came as jars, anywhere else it finds what the caller happens to have set.
   */
  static ArchRule contextClassLoaderOnlyIn(String... classNames) {
    List<String> allowed = List.of(classNames);
    return noClasses()
        .that(not(belongTo(DescribedPredicate.describe("allowed", isOneOf(allowed)))))
        .should()
        .accessTargetWhere(usesContextLoader())
        .as("only " + allowed + " may use the context class loader")
        .allowEmptyShould(true);
  }

  private static Predicate<JavaClass> isOneOf(List<String> classNames) {
    return type -> classNames.contains(type.getName());
  }

  private static DescribedPredicate<JavaAccess<?>> usesContextLoader() {
    return DescribedPredicate.describe(
        "use the context class loader",
        access -> {
          JavaClass owner = access.getTargetOwner();
          String name = access.getName();
          // The one-argument load takes the context class loader.
          boolean loads =
              owner.isEquivalentTo(ServiceLoader.class)
                  && name.equals("load")
                  && access.getTarget().getFullName().endsWith("load(java.lang.Class)");
          return loads
              || owner.isAssignableTo(Thread.class) && name.equals("getContextClassLoader");
        });
  }

  /** Only one package may use some library. */
  public static ArchRule onlyPackageMayUse(String packageName, String library) {
    return noClasses()
        .that(not(resideInAPackage(packageName)))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .as("only " + packageName + " may use " + library)
        .allowEmptyShould(true);
  }

  /** Classes of some packages may not use classes with these simple names, wherever they live. */
  public static ArchRule neverNamed(String packages, String library, List<String> simpleNames) {
    return noClasses()
        .that()
        .resideInAPackage(packages)
        .should()
        .dependOnClassesThat(
            resideInAPackage(library)
                .and(
                    DescribedPredicate.describe(
                        "are named " + simpleNames,
                        type -> simpleNames.contains(type.getSimpleName()))))
        .allowEmptyShould(false);
  }

  /** An Optional is something to return, not to keep or to pass. */
  static ArchRule optionalOnlyReturned() {
    return CompositeArchRule.of(fields().should().notHaveRawType(Optional.class))
        .and(codeUnits().should(notTake(Optional.class)))
        .allowEmptyShould(true);
  }

  private static ArchCondition<JavaCodeUnit> notTake(Class<?> type) {
    return new ArchCondition<>("not take an " + type.getSimpleName()) {
      @Override
      public void check(JavaCodeUnit unit, ConditionEvents events) {
        boolean takes = unit.getRawParameterTypes().stream().anyMatch(p -> p.isEquivalentTo(type));
        boolean lambda = unit.getName().startsWith("lambda$");
        if (takes && !lambda) {
          events.add(
              SimpleConditionEvent.violated(
                  unit, unit.getFullName() + " takes an " + type.getSimpleName()));
        }
      }
    };
  }

  /** {@code run(plan, true)} tells a reader nothing: a choice is an enum or two methods. */
  public static ArchRule noBooleanParameters() {
    return methods()
        .that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .should(
            new ArchCondition<JavaMethod>("not take a boolean") {
              @Override
              public void check(JavaMethod method, ConditionEvents events) {
                boolean takes =
                    method.getRawParameterTypes().stream()
                        .anyMatch(p -> p.isEquivalentTo(boolean.class));
                if (takes && !implementsForeignMethod(method)) {
                  events.add(
                      SimpleConditionEvent.violated(
                          method, method.getFullName() + " takes a boolean"));
                }
              }
            })
        .allowEmptyShould(true);
  }

  private static boolean implementsForeignMethod(JavaMethod method) {
    String[] parameters =
        method.getRawParameterTypes().stream().map(JavaClass::getName).toArray(String[]::new);
    return method.getOwner().getAllRawSuperclasses().stream()
            .anyMatch(type -> type.tryGetMethod(method.getName(), parameters).isPresent())
        || method.getOwner().getAllRawInterfaces().stream()
            .anyMatch(type -> type.tryGetMethod(method.getName(), parameters).isPresent());
  }
}
