using Launchpad.Shared.Deployments;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Functions.Tests;

/// <summary>RFC 9110 §13: what a condition means, header by header.</summary>
public sealed class PreconditionTests
{
    private static readonly Deployment Third = new()
    {
        Id = "dep",
        Account = "acc",
        Name = "n",
        Slug = "s",
        Plan = "starter",
        Settings = new(null, null, Telegram: false),
        ActiveVersion = 3,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    [Theory]
    [InlineData("\"v3\"", 0)]
    [InlineData("*", 0)]
    [InlineData("\"v2\", \"v3\"", 0)]
    [InlineData("\"a,b\" ,\"v3\"", 0)]
    [InlineData("\"v2\"", 412)]
    [InlineData("W/\"v3\"", 412)]
    [InlineData("\"v2\", W/\"v3\"", 412)]
    [InlineData("\"V3\"", 412)]
    [InlineData("v3", 400)]
    [InlineData("\"v3", 400)]
    [InlineData("'v3'", 400)]
    [InlineData("*, \"v3\"", 400)]
    [InlineData("\"v3\" \"v2\"", 400)]
    [InlineData("", 400)]
    [InlineData(null, 428)]
    public void A_change_is_made_to_the_version_that_was_seen(string? match, int status) => Answers(status, match, null);

    [Theory]
    [InlineData("*", 412)]
    [InlineData("\"v3\"", 412)]
    [InlineData("W/\"v3\"", 412)]
    [InlineData("\"v2\"", 0)]
    [InlineData("v3", 400)]
    public void A_change_that_is_meant_for_any_other_version_is_not_made(string noneMatch, int status) => Answers(status, "*", noneMatch);

    [Fact]
    public void Two_headers_are_one_list()
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.IfMatch = new(["\"v1\"", "\"v3\""]);
        Preconditions.Require(request, Third);
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("\"v3\"", true)]
    [InlineData("W/\"v3\"", true)]
    [InlineData("\"v1\", W/\"v3\"", true)]
    [InlineData("\"v1\"", false)]
    [InlineData(null, false)]
    public void An_answer_is_known_by_weak_comparison(string? noneMatch, bool known)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.IfNoneMatch = noneMatch;
        Assert.Equal(known, Preconditions.IsKnown(request, "\"v3\""));
    }

    /// <summary>Whoever has the config has how upgrades are treated too; a change of a version does not touch that.</summary>
    [Fact]
    public void The_tag_tells_of_everything_in_the_config_and_the_version_alone_is_enough_to_change_it()
    {
        Deployment[] all =
        [
            Third, Third with { Pinned = true }, Third with { Channel = "beta" }, Third with { FailedRollouts = 1 },
            Third with { ActiveVersion = 4 },
        ];
        Assert.Equal(all.Length, all.Select(Preconditions.ETag).Distinct().Count());
        foreach (var deployment in all[..^1])
        {
            var request = new DefaultHttpContext().Request;
            request.Headers.IfMatch = "\"v3\"";
            Preconditions.Require(request, deployment);
            request.Headers.IfMatch = Preconditions.ETag(deployment);
            Preconditions.Require(request, deployment);
        }
    }

    [Fact]
    public void How_upgrades_are_treated_is_changed_by_who_has_seen_that_alone()
    {
        var pinned = Third with { Pinned = true };
        var request = new DefaultHttpContext().Request;
        Preconditions.Check(request, pinned);
        request.Headers.IfMatch = Preconditions.ETag(Third);
        Preconditions.Check(request, Third);
        Assert.Equal(412, Assert.Throws<ProblemException>(() => Preconditions.Check(request, pinned)).Status);
    }

    private static void Answers(int status, string? match, string? noneMatch)
    {
        var request = new DefaultHttpContext().Request;
        (request.Headers.IfMatch, request.Headers.IfNoneMatch) = (match, noneMatch);
        var problem = Record.Exception(() => Preconditions.Require(request, Third));
        Assert.Equal(status, problem is null ? 0 : Assert.IsType<ProblemException>(problem).Status);
    }
}
