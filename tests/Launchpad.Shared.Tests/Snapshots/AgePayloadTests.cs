using System.Diagnostics;
using System.Security.Cryptography;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Snapshots;

namespace Launchpad.Shared.Tests.Snapshots;

/// <summary>Files of every length around a chunk's, held against age itself.</summary>
public sealed class AgePayloadTests : IDisposable
{
    private const int Chunk = 64 * 1024;

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("age-payload-");
    private readonly AgeIdentity identity = AgeIdentity.New();

    public void Dispose() => directory.Delete(recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Chunk - 1)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    [InlineData(2 * Chunk)]
    [InlineData((3 * Chunk) + 77)]
    public async Task What_one_of_both_seals_the_other_opens(int length)
    {
        var plain = RandomNumberGenerator.GetBytes(length);
        Assert.Equal(plain, await AgeAsync(await SealAsync(plain), "--decrypt", "--identity", Kept()));
        Assert.Equal(plain, await OpenAsync(await AgeAsync(plain, "--encrypt", "--recipient", identity.Recipient)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Chunk + 16)]
    [InlineData((2 * (Chunk + 16)) + 1)]
    public async Task A_file_that_was_cut_does_not_open(int bytes)
    {
        var whole = await SealAsync(new byte[3 * Chunk]);
        await Assert.ThrowsAnyAsync<CryptographicException>(() => OpenAsync(whole[..^bytes]));
    }

    [Fact]
    public async Task A_byte_that_was_changed_is_found()
    {
        var file = await SealAsync(new byte[Chunk + 100]);
        file[^50] ^= 1;
        await Assert.ThrowsAnyAsync<CryptographicException>(() => OpenAsync(file));
    }

    private async Task<byte[]> SealAsync(byte[] plain)
    {
        using var file = new MemoryStream();
        await using (var sealing = await AgePayload.WriteAsync(file, identity.Recipient, CancellationToken.None))
        {
            await sealing.WriteAsync(plain);
        }

        return file.ToArray();
    }

    private async Task<byte[]> OpenAsync(byte[] file)
    {
        using var plain = new MemoryStream();
        await using var opened = await AgePayload.ReadAsync(new MemoryStream(file), identity, CancellationToken.None);
        await opened.CopyToAsync(plain);
        return plain.ToArray();
    }

    private string Kept()
    {
        var path = Path.Combine(directory.FullName, "identity");
        File.WriteAllText(path, identity.ToSecret() + "\n");
        return path;
    }

    private static async Task<byte[]> AgeAsync(byte[] input, params string[] arguments)
    {
        using var age = Process.Start(new ProcessStartInfo("age", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        using var output = new MemoryStream();
        var reading = age.StandardOutput.BaseStream.CopyToAsync(output);
        await age.StandardInput.BaseStream.WriteAsync(input);
        age.StandardInput.Close();
        await reading;
        await age.WaitForExitAsync();
        Assert.Equal(0, age.ExitCode);
        return output.ToArray();
    }
}
