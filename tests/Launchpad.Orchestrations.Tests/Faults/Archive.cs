using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Vms;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>The data of a bot in the store, as a machine puts them there and gets them back: by the address it was given, closed for the
/// recipient it was told.</summary>
internal static class Archive
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });
    private static readonly VmContents Contents = new(1, 1, 1, 1, []);

    /// <returns>False when the store refused.</returns>
    public static (BackupResult Result, bool IsStored) Store(BackupRequest asked, Data data, DateTimeOffset now)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(data.WrittenBy);
        byte[] stored = [.. new AgeHeader(RandomNumberGenerator.GetBytes(16), 0).For(asked.Recipient), .. content];
        using var created = Send(HttpMethod.Put, asked.To, [], ("x-ms-blob-type", "AppendBlob"));
        using var appended = Send(HttpMethod.Put, new($"{asked.To}&comp=appendblock"), stored);
        return (
            new(asked.Backup, now, stored.Length, Hash(stored), content.Length, Hash(content), Contents, 1, 0),
            appended.StatusCode is HttpStatusCode.Created);
    }

    public static (Data Data, VmContents Contents) Fetch(RestoreRequest asked)
    {
        using var answer = Send(HttpMethod.Get, asked.From, null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var content = new MemoryStream();
        answer.Content.ReadAsStream().CopyTo(content);
        var stored = content.ToArray().AsSpan(0, (int)asked.StoredBytes);
        Assert.Equal(asked.StoredSha256, Hash(stored));
        var header = AgeHeader.Open(Convert.FromBase64String(asked.Header), AgeIdentity.Parse(asked.Identity));
        Assert.Equal(16, header.FileKey.Length);
        return (new([.. JsonSerializer.Deserialize<string[]>(Encoding.UTF8.GetString(stored[asked.HeaderBytes..]))!]), Contents);
    }

    private static HttpResponseMessage Send(HttpMethod method, Uri address, byte[]? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, address) { Content = content is null ? null : new ByteArrayContent(content) };
        request.Headers.Add("x-ms-version", "2021-12-02");
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return Http.Send(request);
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
