using FluentAssertions;
using HoodyLogs.AspNetCore.Endpoints.Parameters;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

public sealed class FilterBindingTests
{
    [TestCase("", true)]
    [TestCase("?tail=5&lastEventId=3&_=1", true)]
    [TestCase("?level=&q=&status=&from=&projectId=", true)]
    [TestCase("?level=info", false)]
    [TestCase("?q=x", false)]
    public void A_query_without_filters_gives_the_filter_that_admits_everything(string query, bool admitsEverything)
    {
        var reader = new QueryParameters(new QueryCollection(QueryHelpers.ParseQuery(query)), nowMs: 0);
        LogFilterBinder.Read(reader).MatchesEverything.Should().Be(admitsEverything);
    }
}
