using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Architecture.Model;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Architecture;

/// <summary>Each rule sees a violation in the samples, which are compiled into these tests.</summary>
public sealed class RuleSelfTests
{
    private static readonly string Folder = Path.Combine(SourceTree.Root, "tests", "HoodyLogs.AspNetCore.Tests", "Architecture");
    private static readonly CodeModel Model =
        new(Folder, Directory.EnumerateFiles(Path.Combine(Folder, "Samples"), "*.cs", SearchOption.AllDirectories));

    [TestCase("BaseUser", "BaseUsed", "the declaration")]
    [TestCase("BodyUser", "BodyUsed", "Count")]
    [TestCase("GenericUser", "GenericUsed", "All")]
    [TestCase("AttributeUser", "AttributeUsedAttribute", "the declaration")]
    [TestCase("ConstantUser", "ConstantUsed", "Limit")]
    [TestCase("NestedUser", "NestedUsed", "Inner.Used")]
    [TestCase("ClosureUser", "ClosureUsed", "Make")]
    [TestCase("InferredUser", "InferredUsed", "Text")]
    [TestCase("ExtensionUser", "ExtensionUsed", "Twice")]
    [TestCase("LoopUser", "LoopUsed", "Sum")]
    public void A_circle_of_types_is_seen_with_its_place(string user, string used, string member) =>
        UseRules.TypeCircles(Model).Should().ContainSingle(circle => circle.Contains($"/{user} uses ", StringComparison.Ordinal))
            .Which.Should().Contain($"  Samples/{user} uses Samples/{used} in {member} (TypeCircles.cs:");

    [Test]
    public void Documentation_is_no_use() => UseRules.TypeCircles(Model).Should().NotContain(circle => circle.Contains("Documentation", StringComparison.Ordinal));

    [Test]
    public void A_use_of_a_later_layer_is_seen() =>
        UseRules.Layers(Model, "Samples", ["Lower", "Upper"]).Should().Equal("Samples/Lower/LowerType uses Samples/Upper/UpperType in Text (LowerType.cs:7): Lower may use only itself");

    [Test]
    public void A_circle_of_sibling_folders_is_seen() =>
        UseRules.FolderCircles(Model, "Samples").Should().Equal(
            """
            circle of 2 folders in Samples/Upper. In the order Left, Right
             these uses go to a later one:
              Samples/Upper/Left/LeftType uses Samples/Upper/Right/RightType in Right (LeftType.cs:7)
             and these to an earlier one:
              Samples/Upper/Right/RightType uses Samples/Upper/Left/LeftAgain in Left (RightType.cs:7)
              Samples/Upper/Right/RightType uses Samples/Upper/Left/LeftThird in Third (RightType.cs:9)
            """);

    [Test]
    public void A_circle_of_a_folder_and_its_subfolder_is_seen() =>
        UseRules.ParentCircles(Model, "Samples").Should().ContainSingle().Which.Should()
            .StartWith("circle of 3 folders in Samples/Upper. ")
            .And.Contain("  Samples/Upper/UpperType uses Samples/Upper/Left/LeftType in Left (UpperType.cs:7)")
            .And.Contain("  Samples/Upper/Left/LeftAgain uses Samples/Upper/UpperType in Upper (LeftAgain.cs:5)");

    [Test]
    public void A_shared_name_is_seen() =>
        SourceRules.SharedNames(Model).Should().Equal("LowerType is the name of Samples/Lower/LowerType and Samples/Upper/Right/LowerType");

    [Test]
    public void A_scattered_type_is_seen() =>
        SourceRules.ScatteredTypes(Model).Should().ContainSingle().Which.Should().EndWith("ScatteredType has parts in Samples/Upper/Right/ScatteredType.cs and Samples/Upper/ScatteredType.cs");

    [Test]
    public void A_long_file_is_seen() => SourceRules.LongFiles(Model, 20).Should().ContainSingle().Which.Should().StartWith("Samples/TypeCircles.cs has ");

    [Test]
    public void A_long_member_is_seen() => SourceRules.LongMembers(Model, 5).Should().ContainSingle().Which.Should().Match("Sum (Samples/TypeCircles.cs:*) has 6 lines, 5 are allowed");

    [Test]
    public void A_crowded_folder_is_seen() => SourceRules.CrowdedFolders(Model, 3).Should().Equal("Samples/Upper/Right has 4 files, 3 are allowed");

    [Test]
    public void A_class_of_log_messages_without_the_suffix_is_seen() =>
        SourceRules.LogClassesWithoutSuffix(Model, "Messages").Should().Equal("RightLog has log messages (Second), so its name must end with Messages");

    [Test]
    public void A_shared_event_id_is_seen() => SourceRules.SharedEventIds(Model).Should().Equal("1 is the event id of RightLog.Second and UpperMessages.First");
}
