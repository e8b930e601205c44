using System.Formats.Tar;
using System.IO.Compression;

namespace Launchpad.Images.Tests;

public sealed class LayerTests : IDisposable
{
    private readonly DirectoryInfo _source = Directory.CreateTempSubdirectory("launchpad-layer-source");
    private readonly DirectoryInfo _target = Directory.CreateTempSubdirectory("launchpad-layer-target");

    public void Dispose()
    {
        _source.Delete(recursive: true);
        _target.Delete(recursive: true);
    }

    [Fact]
    public async Task The_same_content_is_the_same_layer_whenever_and_wherever_it_is_made()
    {
        Put("a/x", "1");
        Put("a/y", "2");
        var first = await WriteAsync(Tree());
        _source.Delete(recursive: true);
        _source.Create();
        Put("a/y", "2");
        Put("a/x", "1");
        File.SetLastWriteTimeUtc(Path.Combine(_source.FullName, "a/x"), new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));

        Assert.Equal(first, await WriteAsync(Tree()));
    }

    [Fact]
    public async Task Privilege_bits_and_owners_of_the_building_machine_stay_behind()
    {
        Put("bin/su", "x");
        File.SetUnixFileMode(Path.Combine(_source.FullName, "bin/su"), LayerContent.Program | UnixFileMode.SetUser | UnixFileMode.SetGroup);

        var entry = Assert.Single(await ReadAsync(Tree()), entry => entry.Name == "bin/su");

        Assert.Equal((LayerContent.Program, 0, 0), (entry.Mode, entry.Uid, entry.Gid));
    }

    [Theory]
    [InlineData("nothing-is-there")]
    [InlineData("program")]
    public async Task A_link_is_the_same_whatever_this_machine_has_where_it_points_to(string name)
    {
        Put("program", "");
        File.SetUnixFileMode(Path.Combine(_source.FullName, "program"), UnixFileMode.UserRead | UnixFileMode.SetUser);
        var target = Path.Combine(_source.FullName, name);
        File.CreateSymbolicLink(Path.Combine(_source.FullName, "link"), target);

        var entry = Assert.Single(await ReadAsync(Tree()), entry => entry.Name == "link");

        Assert.Equal((TarEntryType.SymbolicLink, target, (UnixFileMode)0b111_111_111), (entry.EntryType, entry.LinkName, entry.Mode));
    }

    [Fact]
    public async Task Folders_come_before_what_is_in_them()
    {
        var content = new LayerContent();
        content.AddBytes("z/deep/file", [1]);
        content.AddLink("z/link", "deep/file");
        content.AddDirectory("data", owner: 1000);

        var entries = await ReadAsync(content);

        Assert.Equal(["data/", "z/", "z/deep/", "z/deep/file", "z/link"], entries.Select(entry => entry.Name));
        Assert.Equal(1000, entries[0].Uid);
        Assert.Equal("deep/file", entries[4].LinkName);
    }

    [Fact]
    public async Task A_long_path_survives()
    {
        var path = string.Join('/', Enumerable.Repeat(new string('d', 60), 5));
        var content = new LayerContent();
        content.AddBytes(path, [1]);

        Assert.Contains(await ReadAsync(content), entry => entry.Name == path);
    }

    private LayerContent Tree()
    {
        var content = new LayerContent();
        content.AddTree(_source.FullName, "", _ => true);
        return content;
    }

    private void Put(string path, string text)
    {
        var full = Path.Combine(_source.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private Task<Layer> WriteAsync(LayerContent content) => Layer.WriteAsync(content, _target.FullName, default);

    private async Task<List<TarEntry>> ReadAsync(LayerContent content)
    {
        var layer = await WriteAsync(content);
        await using var gzip = new GZipStream(File.OpenRead(Path.Combine(_target.FullName, layer.FileName)), CompressionMode.Decompress);
        await using var tar = new TarReader(gzip);
        var entries = new List<TarEntry>();
        while (await tar.GetNextEntryAsync(copyData: true) is { } entry)
        {
            entries.Add(entry);
        }

        return entries;
    }
}
