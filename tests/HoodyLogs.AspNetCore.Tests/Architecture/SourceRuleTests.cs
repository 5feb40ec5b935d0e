using HoodyLogs.AspNetCore.Tests.Architecture.Model;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Architecture;

/// <summary>What keeps the source easy to find and read.</summary>
public sealed class SourceRuleTests
{
    [Test]
    public void No_two_types_share_a_name() => Violations.None(SourceRules.SharedNames(CodeModel.Product));

    [Test]
    public void All_parts_of_a_type_are_in_one_folder() => Violations.None(SourceRules.ScatteredTypes(CodeModel.Product));

    [Test]
    public void A_file_has_at_most_300_lines() => Violations.None(SourceRules.LongFiles(CodeModel.Product, 300));

    [Test]
    public void A_member_has_at_most_40_lines() => Violations.None(SourceRules.LongMembers(CodeModel.Product, 40));

    [Test]
    public void A_folder_has_at_most_20_files() => Violations.None(SourceRules.CrowdedFolders(CodeModel.Product, 20));

    [Test]
    public void Classes_of_log_messages_end_with_Messages() => Violations.None(SourceRules.LogClassesWithoutSuffix(CodeModel.Product, "Messages"));

    [Test]
    public void Event_ids_are_unique() => Violations.None(SourceRules.SharedEventIds(CodeModel.Product));
}
