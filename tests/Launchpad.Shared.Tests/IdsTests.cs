using Launchpad.Shared.Deployments;

namespace Launchpad.Shared.Tests;

public sealed class IdsTests
{
    [Fact]
    public void An_id_is_valid_for_its_own_prefix_only()
    {
        var id = Ids.New(Ids.Deployment, TimeProvider.System);
        Assert.True(Ids.IsValid(id, Ids.Deployment));
        Assert.False(Ids.IsValid(id, Ids.Operation));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("dep_")]
    [InlineData("dep_01ARZ3NDEKTSV4RRFFQ69G5FA")]
    [InlineData("dep_01ARZ3NDEKTSV4RRFFQ69G5FAVV")]
    [InlineData("dep_01arz3ndektsv4rrffq69g5fav")]
    [InlineData("dep_01ARZ3NDEKTSV4RRFFQ69G5FA'")]
    [InlineData("dep_01ARZ3NDEKTSV4RRFFQ69G5FA\n")]
    [InlineData("dep_7ZZZZZZZZZZZZZZZZZZZZZZZZZ")]
    [InlineData("dep_ZZZZZZZZZZZZZZZZZZZZZZZZZZ")]
    [InlineData("dep_../../../../../../../etc/p")]
    public void Anything_else_is_not_an_id(string? typed) => Assert.False(Ids.IsValid(typed, Ids.Deployment));

    [Fact]
    public void Of_the_last_moment_that_there_is_there_are_ids_and_of_none_after_it()
    {
        var last = Ids.From("x", DateTime.MaxValue, Guid.AllBitsSet);
        Assert.True(Ids.IsValid(last, "x"));
        Assert.Equal(DateTime.MaxValue, Ids.TimeOf(last).UtcDateTime, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void Ids_sort_by_age()
    {
        var older = Ids.From("x", new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), Guid.AllBitsSet);
        var younger = Ids.From("x", new DateTime(2026, 1, 1, 0, 0, 1, DateTimeKind.Utc), Guid.Empty);
        Assert.True(string.CompareOrdinal(older, younger) < 0);
    }

    [Fact]
    public void The_same_moment_and_entropy_give_the_same_id() =>
        Assert.Equal(
            Ids.From("vm", DateTime.UnixEpoch, Guid.AllBitsSet),
            Ids.From("vm", DateTime.UnixEpoch, Guid.AllBitsSet));

    [Theory]
    [InlineData("Ada", "ada-")]
    [InlineData("Zoë's Café!", "zo-s-caf-")]
    [InlineData("$(touch /tmp/x)`;|&", "touch-tmp-x-")]
    [InlineData("机器人", "bot-")]
    [InlineData("---", "bot-")]
    [InlineData("42 answers", "bot-42-answers-")]
    [InlineData("a very long name that never seems to end at all", "a-very-long-name-that-ne-")]
    public void A_slug_is_a_host_label_whatever_the_name(string name, string stem)
    {
        var slug = Slugs.From(name, Ids.New(Ids.Deployment, TimeProvider.System));
        Assert.StartsWith(stem, slug, StringComparison.Ordinal);
        Assert.Matches("^[a-z]([a-z0-9-]{0,61}[a-z0-9])$", slug);
    }
}
