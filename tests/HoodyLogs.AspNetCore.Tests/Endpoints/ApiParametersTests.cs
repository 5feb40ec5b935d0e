using FluentAssertions;
using HoodyLogs.AspNetCore.Endpoints.Fanout;
using HoodyLogs.AspNetCore.Endpoints.Parameters;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

public sealed class ApiParametersTests
{
    /// <summary>Candidate values. Each parameter accepts at least one of them.</summary>
    private static readonly string[] Candidates = ["true", "5", "warn", "request", "edge", "404", "2024-01-01", "x"];

    [TestCase("", true)]
    [TestCase("?tail=5&lastEventId=3&_=1", true)]
    [TestCase("?level=&q=&status=&from=&projectId=", true)]
    [TestCase("?level=info", false)]
    [TestCase("?q=x", false)]
    public void A_query_without_filters_gives_the_filter_that_matches_everything(string query, bool matchesEverything) =>
        ApiParameters.BindFilter(Parse(query)).MatchesEverything.Should().Be(matchesEverything);

    [Test]
    public void L6_every_filter_parameter_changes_the_filter()
    {
        var filters = ApiParameters.All.Where(parameter => parameter.Bind is not null).ToList();
        filters.Should().HaveCountGreaterThan(10);
        foreach (var parameter in filters)
        {
            var query = Accepted(parameter.Name, query => ApiParameters.BindFilter(query));
            ApiParameters.BindFilter(query).MatchesEverything.Should().BeFalse(parameter.Name);
        }
    }

    [Test]
    public void F5_a_cursor_is_bound_to_every_parameter_except_those_of_paging()
    {
        string[] paging = ["cursor", "limit", "offset", "afterId"];
        string[] notFannedOut = ["last", "order", "projectId", "containerId"];
        var without = Parse("");
        LogQueryBinder.BindFanout(without);
        foreach (var name in RouteParameters.List.All.Select(parameter => parameter.Name).Except(paging).Except(notFannedOut))
        {
            var with = Accepted(name, query => LogQueryBinder.BindFanout(query));
            FanoutFilterDigest.Compute(with).Should().NotEqual(FanoutFilterDigest.Compute(without), name);
        }
    }

    [TestCase("limit=1", "limit=7&afterId=3&offset=0")]
    [TestCase("level=warn,error", "level=ERROR&level=warn,warn")]
    [TestCase("status=4xx", "status=400-499")]
    [TestCase("method=get", "method=GET")]
    [TestCase("from=2024-01-01", "from=1704067200000")]
    [TestCase("includeRequestBody=false&q=", "")]
    public void F5_queries_with_the_same_meaning_have_the_same_digest(string one, string other)
    {
        var (first, second) = (Parse("?" + one), Parse("?" + other));
        LogQueryBinder.BindFanout(first);
        LogQueryBinder.BindFanout(second);
        FanoutFilterDigest.Compute(first).Should().Equal(FanoutFilterDigest.Compute(second));
    }

    private static QueryParameters Accepted(string name, Action<QueryParameters> read)
    {
        foreach (var value in Candidates)
        {
            var query = Parse($"?{name}={value}");
            read(query);
            if (query.Error is null) return query;
        }

        throw new AssertionException($"No candidate is a value of {name}.");
    }

    private static QueryParameters Parse(string query) => new(new QueryCollection(QueryHelpers.ParseQuery(query)), nowMs: 0);
}
