using FluentAssertions;
using HoodyLogs.Entries;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Entries;

public sealed class ContainerIdsTests
{
    [TestCase("550e8400-e29b-41d4-a716-446655440000", true)]
    [TestCase("550E8400-E29B-41D4-A716-446655440000", true)]
    [TestCase("550E8400-0X9B-41D4-A716-446655440000", false)]
    [TestCase("0x0E8400-E29B-41D4-A716-446655440000", false)]
    [TestCase("550E8400-+09B-41D4-A716-446655440000", false)]
    [TestCase(" 50E8400-E29B-41D4-A716-446655440000", false)]
    [TestCase("550E8400-E29B-41D4-A716-44665544000 ", false)]
    [TestCase("550E8400E29B-41D4-A716-4466554400000", false)]
    [TestCase("{50E8400-E29B-41D4-A716-44665544000}", false)]
    [TestCase("550E8400-E29B-41D4-A716-44665544000٠", false)]
    [TestCase("550E8400-E29B-41D4-A716-44665544000", false)]
    [TestCase("", false)]
    public void Only_8_4_4_4_12_hex_digits_are_a_UUID(string id, bool isUuid)
    {
        ContainerIds.IsUuid(id).Should().Be(isUuid);
        ContainerIds.Canonical(id).Should().Be(isUuid ? id.ToLowerInvariant() : id, "any other id keeps its spelling");
        if (id.Length > 0) LogScope.Container("p1", id).ContainerId.Should().Be(ContainerIds.Canonical(id));
    }
}
