using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Health;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>What an operator's browser is told without asking, and the map that it draws.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class StaffLiveTests(LaunchpadApi api)
{
    private static readonly string[] Topics = ["alerts", "operations", "reconcile", "vms"];
    private static readonly string[] Services = ["api", "engine", "payments", "registry", "storage", "vault"];

    [Fact]
    public async Task What_is_new_is_told_by_topic_and_not_twice()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var who = new Owner(staff.Http, "");
        using var events = await EventReader.OpenAsync(who, "staff/events");
        var first = new List<(string? Id, string? Type, JsonElement Data)>();
        while (first.Count < Topics.Length)
        {
            first.Add(await events.NextAsync());
        }

        Assert.Equal(Topics, first.Select(sent => sent.Data.GetProperty("topic").GetString()).Order(StringComparer.Ordinal));
        Assert.NotNull(first[^1].Id);
        await api.Service<Pager>().RaiseAsync(PageKind.MachineLost, $"vm_{Guid.NewGuid():N}", "It is gone.", CancellationToken.None);
        JsonElement next;
        do
        {
            next = (await events.NextAsync()).Data;
        }
        while (next.GetProperty("topic").GetString() != "alerts");

        Assert.NotEqual(
            first.Single(sent => sent.Data.GetProperty("topic").GetString() == "alerts").Data.GetProperty("tag").GetString(),
            next.GetProperty("tag").GetString());
    }

    [Fact]
    public async Task The_map_has_every_part_as_it_answers_and_links_between_what_is_on_it()
    {
        using var staff = await StaffMember.OfAsync(api);
        var map = await staff.GetAsync("staff/topology");
        var nodes = map.GetProperty("nodes").EnumerateArray().ToDictionary(node => node.GetProperty("id").GetString()!);
        Assert.Equal(Services, nodes.Keys.Where(Services.Contains).Order(StringComparer.Ordinal));
        foreach (var well in Services.Where(name => name != "registry"))
        {
            Assert.Contains(nodes[well].GetProperty("state").GetString(), new[] { "ok", "warn" });
        }

        // Nobody has a registry here.
        Assert.Equal("bad", nodes["registry"].GetProperty("state").GetString());
        Assert.All(map.GetProperty("links").EnumerateArray(), link =>
        {
            Assert.True(nodes.ContainsKey(link.GetProperty("from").GetString()!));
            Assert.True(nodes.ContainsKey(link.GetProperty("to").GetString()!));
        });
    }
}
