using System.Text.Json.Nodes;
using Launchpad.Shared.Deployments;

namespace Launchpad.Shared.Tests.Deployments;

public sealed class OwnConfigTests
{
    /// <summary>Appendix A of RFC 7396.</summary>
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", """{}""")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [InlineData("""{"a":"b"}""", """["c"]""", """["c"]""")]
    [InlineData("""{"a":"foo"}""", "null", "null")]
    [InlineData("""{"a":"foo"}""", "\"bar\"", "\"bar\"")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("""[1,2]""", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [InlineData("""{}""", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void A_merge_patch_does_what_the_standard_says(string target, string patch, string result) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(result), OwnConfig.Patched(JsonNode.Parse(target), JsonNode.Parse(patch))));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_patch_applied_twice_is_a_patch_applied_once_and_leaves_what_it_was_given(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 500; run++)
        {
            var (target, patch) = (Some(random, 4), Some(random, 4));
            var (targetText, patchText) = (target?.ToJsonString(), patch?.ToJsonString());
            var once = OwnConfig.Patched(target, patch);
            Assert.True(JsonNode.DeepEquals(once, OwnConfig.Patched(once, patch)), $"Seed {seed}, run {run}: {targetText} with {patchText}");
            Assert.Equal((targetText, patchText), (target?.ToJsonString(), patch?.ToJsonString()));
            if (target is JsonObject && patch is JsonObject)
            {
                // What the patch does not name stays, and names at any depth that it sets to null are gone.
                Assert.All(target.AsObject().Where(member => !patch.AsObject().ContainsKey(member.Key)), member =>
                    Assert.True(JsonNode.DeepEquals(member.Value, once![member.Key])));
                Assert.All(patch.AsObject().Where(member => member.Value is null), member => Assert.False(once!.AsObject().ContainsKey(member.Key)));
            }
        }
    }

    [Theory]
    [InlineData("""{"gateway":{"port":1}}""", "gateway")]
    [InlineData("""{"gateway":null}""", "gateway")]
    [InlineData("""{"gateway":[]}""", "gateway")]
    [InlineData("""{"agents":"x"}""", "agents")]
    [InlineData("""{"agents":[{"defaults":{}}]}""", "agents")]
    [InlineData("""{"agents":{"defaults":[{"model":{"primary":"x"}}]}}""", "agents.defaults")]
    [InlineData("""{"agents":{"defaults":{"model":{"primary":null}}}}""", "agents.defaults.model.primary")]
    [InlineData("""{"agents":{"defaults":{"model":"models/x"}}}""", "agents.defaults.model")]
    [InlineData("""{"plugins":{"entries":{"memory-core":{"enabled":false}}}}""", "plugins.entries.memory-core")]
    [InlineData("""{"session":{"a":[{"b":{"$include":"./x.json"}}]}}""", "$include")]
    [InlineData("""{"$include":"./x.json"}""", "$include")]
    [InlineData("""{"session":{"scope":"global"},"channels":{"telegram":{"botToken":"x"}}}""", "channels.telegram.botToken")]
    public void What_is_the_control_planes_is_found_at_every_depth(string patch, string path) =>
        Assert.Equal(path, OwnConfig.OwnedIn(JsonNode.Parse(patch)!.AsObject()));

    /// <summary>In a patch null takes back what the owner set before, and of a section with paths of ours that is the owner's part.</summary>
    [Theory]
    [InlineData("""{"session":null,"agents":null,"channels":{"telegram":null}}""")]
    [InlineData("""{"agents":{"defaults":{"model":{"fallbacks":["models/x"]}}}}""")]
    public void What_is_the_owners_is_not(string patch) => Assert.Null(OwnConfig.OwnedIn(JsonNode.Parse(patch)!.AsObject()));

    private static JsonNode? Some(Random random, int depth) => random.Next(depth > 0 ? 7 : 3) switch
    {
        0 => null,
        1 => random.Next(3),
        2 => "text",
        3 => new JsonArray(Some(random, depth - 1), Some(random, depth - 1)),
        _ => new JsonObject(random.GetItems("abcd".ToCharArray(), 4).Distinct()
            .Select(name => KeyValuePair.Create($"{name}", Some(random, depth - 1)))),
    };
}
