using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Launchpad.Shared.Secrets;

namespace Launchpad.Shared.Tests.Secrets;

public sealed class RedactorTests
{
    /// <summary>With every character that some encoding treats in its own way.</summary>
    private const string Secret = "sk-proj+Aa/9\"<&'%=~_0123456789abcdef";

    private static readonly Redactor Redactor = new(new Dictionary<string, string>
    {
        ["model-key"] = Secret,
        ["telegram-token"] = "123456789:AAE-telegram_token_of_the_bot",
        ["empty"] = "",
    });

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Encoded =
    [
        Secret,
        JsonSerializer.Serialize(Secret),
        JsonSerializer.Serialize(Secret, Relaxed),
        Secret.Replace("/", "\\/", StringComparison.Ordinal),
        Uri.EscapeDataString(Secret),
        Uri.EscapeDataString(Secret).Replace("%2B", "%2b", StringComparison.Ordinal).Replace("%2F", "%2f", StringComparison.Ordinal)
            .Replace("%3C", "%3c", StringComparison.Ordinal).Replace("%3D", "%3d", StringComparison.Ordinal),
        WebUtility.UrlEncode(Secret),
        Convert.ToHexString(Encoding.UTF8.GetBytes(Secret)),
        Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Secret)),
    ];

    public static TheoryData<string> Forms => new(Encoded);

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_secret_is_taken_out_in_whichever_form(string form)
    {
        var line = Assert.Single(Redactor.Apply([$"before {form} after"]));
        Assert.Contains("[model-key]", line, StringComparison.Ordinal);
        Assert.StartsWith("before ", line, StringComparison.Ordinal);
        Assert.EndsWith(" after", line, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789", line, StringComparison.Ordinal);
        Assert.True(line.Length < 40, line);
    }

    /// <summary>Wherever the secret stands inside what was encoded, all of its characters go but those that it shares with its
    /// neighbours.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("u")]
    [InlineData("user:")]
    [InlineData("{\"key\":\"")]
    public void A_secret_inside_base64_is_taken_out(string before)
    {
        var bytes = Encoding.UTF8.GetBytes($"{before}{Secret}:x");
        foreach (var text in new[] { Convert.ToBase64String(bytes), System.Buffers.Text.Base64Url.EncodeToString(bytes) })
        {
            var line = Assert.Single(Redactor.Apply([$"Authorization: Basic {text}"]));
            Assert.Contains("[model-key]", line, StringComparison.Ordinal);
            Assert.True(line.Length < 56, line);
        }
    }

    /// <summary>Cut anywhere, into any number of lines, with blanks around the cuts, in any form.</summary>
    [Fact]
    public void A_secret_that_is_cut_by_the_ends_of_lines_is_taken_out()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var run = 0; run < 500; run++)
        {
            var form = Encoded[random.Next(Encoded.Length)];
            var text = $"before {form} after";
            var (lines, at) = (new List<string>(), 0);
            while (at < text.Length)
            {
                var length = Math.Min(random.Next(1, 30), text.Length - at);
                lines.Add(text.Substring(at, length).PadLeft(length + random.Next(2)));
                at += length;
            }

            var redacted = Redactor.Apply(lines);
            Assert.Equal(lines.Count, redacted.Count);
            var left = string.Concat(redacted.Select(line => line.Trim())).Replace("[model-key]", "", StringComparison.Ordinal);
            Assert.True(
                !left.Contains("0123", StringComparison.Ordinal) && left.Length < 20, $"seed {seed}: {string.Join('|', lines)} → {left}");
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(20)]
    [InlineData(35)]
    public void A_secret_whose_other_half_is_not_here_is_taken_out(int cut)
    {
        Assert.Equal(["one", "two [model-key]"], Redactor.Apply(["one", "two " + Secret[..cut]]));
        if (Secret.Length - cut >= 8)
        {
            Assert.Equal(["[model-key] two", "one"], Redactor.Apply([Secret[cut..] + " two", "one"]));
        }
    }

    [Fact]
    public void Innocent_text_stays_to_the_letter()
    {
        string[] lines = ["", "  indented", "trailing  ", "sk-pro", "0123456789", "[model-key]", "漢字 🤖", "AAE-tele"];
        Assert.Equal(lines, Redactor.Apply(lines));
        Assert.Equal(lines, new Redactor(new Dictionary<string, string>()).Apply(lines));
    }

    [Fact]
    public void Several_secrets_in_one_line_are_told_apart() =>
        Assert.Equal(
            ["[model-key], [telegram-token]; [model-key]"],
            Redactor.Apply([$"{Secret}, 123456789:AAE-telegram_token_of_the_bot; {Secret}"]));
}
