using System.Reflection;
using FluentAssertions;
using NUnit.Framework;
using Yarp.ReverseProxy.Model;

namespace HoodyLogs.Yarp.Tests;

/// <summary>These tests run once for each version of YARP: the oldest that the package supports, and the newest.</summary>
public sealed class YarpVersionTests
{
    [Test]
    public void The_tests_run_on_the_version_of_their_project()
    {
        var expected = typeof(YarpVersionTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "YarpVersion").Value;

        typeof(IReverseProxyFeature).Assembly.GetName().Version!.ToString(3).Should().Be(expected);
        typeof(YarpOptions).Assembly.GetReferencedAssemblies().Single(assembly => assembly.Name == "Yarp.ReverseProxy").Version!.ToString(2).Should().Be("2.1");
    }
}
