using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Launchpad.Shared.Backups;

namespace Launchpad.Shared.Tests;

/// <summary>Keys and beginnings of files, held against age itself.</summary>
public sealed class AgeTests : IDisposable
{
    private static readonly byte[] Text = Encoding.UTF8.GetBytes(new string('x', 200_000) + "the end");

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("age-");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public async Task What_age_closed_for_a_key_of_ours_age_opens_with_it()
    {
        var identity = AgeIdentity.New();
        var file = await RunAsync(Text, "--encrypt", "--recipient", identity.Recipient);
        Assert.Equal(Text, await RunAsync(file, "--decrypt", "--identity", Kept(identity)));
    }

    [Fact]
    public async Task A_beginning_for_another_recipient_opens_the_same_file()
    {
        var (own, other) = (AgeIdentity.New(), AgeIdentity.New());
        var file = await RunAsync(Text, "--encrypt", "--recipient", own.Recipient);
        var header = AgeHeader.Open(file.AsSpan(0, AgeHeader.BytesMax), own);
        byte[] changed = [.. header.For(other.Recipient), .. file[header.Length..]];
        Assert.Equal(Text, await RunAsync(changed, "--decrypt", "--identity", Kept(other)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(changed, "--decrypt", "--identity", Kept(own)));
        Assert.Equal(header.FileKey, AgeHeader.Open(changed, other).FileKey);
    }

    [Fact]
    public async Task A_key_is_written_as_age_keygen_writes_it()
    {
        var path = Path.Combine(directory.FullName, "made");
        using (var keygen = Process.Start("age-keygen", ["-o", path]))
        {
            await keygen.WaitForExitAsync();
        }

        var lines = await File.ReadAllLinesAsync(path);
        var identity = AgeIdentity.Parse(lines[^1]);
        Assert.Equal(lines[^1], identity.ToSecret());
        Assert.EndsWith(identity.Recipient, lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_is_changed_in_the_beginning_does_not_open()
    {
        var identity = AgeIdentity.New();
        var file = await RunAsync("short"u8.ToArray(), "--encrypt", "--recipient", identity.Recipient);
        var length = AgeHeader.Open(file, identity).Length;
        for (var at = 0; at < length; at++)
        {
            var changed = file.ToArray();
            changed[at] ^= 1;
            Assert.Throws<CryptographicException>(() => AgeHeader.Open(changed, identity));
        }

        for (var cut = 0; cut < length; cut++)
        {
            Assert.Throws<CryptographicException>(() => AgeHeader.Open(file.AsSpan(0, cut), identity));
        }

        var wrong = Assert.Throws<CryptographicException>(() => AgeHeader.Open(file, AgeIdentity.New()));
        Assert.Equal("The archive was closed for another key.", wrong.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AGE-SECRET-KEY-1")]
    [InlineData("AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ")]
    public void What_is_no_key_is_refused(string text) => Assert.Throws<FormatException>(() => AgeIdentity.Parse(text));

    private string Kept(AgeIdentity identity)
    {
        var path = Path.Combine(directory.FullName, Guid.NewGuid().ToString());
        File.WriteAllText(path, identity.ToSecret());
        return path;
    }

    private static async Task<byte[]> RunAsync(byte[] input, params string[] arguments)
    {
        using var age = Process.Start(new ProcessStartInfo("age", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var output = new MemoryStream();
        var reading = age.StandardOutput.BaseStream.CopyToAsync(output);
        var error = age.StandardError.ReadToEndAsync();
        try
        {
            await age.StandardInput.BaseStream.WriteAsync(input);
            age.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has said no before it read all.
        }

        await reading;
        await age.WaitForExitAsync();
        return age.ExitCode == 0 ? output.ToArray() : throw new InvalidOperationException(await error);
    }
}
