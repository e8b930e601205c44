namespace Launchpad.Images.Tests;

public sealed class BuildCacheTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("launchpad-cache");
    private readonly Progress _quiet = new(TextWriter.Null);

    private BuildCache Cache => new(_root.FullName);

    private string Images => Path.Combine(_root.FullName, "images");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task A_folder_is_filled_once()
    {
        var fills = 0;
        for (var i = 0; i < 2; i++)
        {
            await Cache.FolderAsync("a", folder =>
            {
                fills++;
                return File.WriteAllTextAsync(Path.Combine(folder, "x"), "x");
            });
        }

        Assert.Equal(1, fills);
        Assert.True(File.Exists(Path.Combine(Images, "a", "x")));
    }

    [Fact]
    public async Task What_failed_half_way_is_not_there()
    {
        await Assert.ThrowsAsync<ImageFailedException>(() => Cache.FolderAsync("a", folder =>
        {
            File.WriteAllText(Path.Combine(folder, "x"), "x");
            throw new ImageFailedException("no");
        }));

        Assert.Empty(Directory.EnumerateDirectories(Images));
    }

    [Fact]
    public async Task What_a_killed_build_left_is_swept_up_by_the_next()
    {
        Directory.CreateDirectory(Path.Combine(Images, ".a-unfinished", "deep"));
        Directory.CreateDirectory(Path.Combine(Images, "a-finished"));

        using var exclusive = await Cache.LockAsync(_quiet, default);

        Assert.Equal(["a-finished"], Directory.EnumerateDirectories(Images).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Two_builds_take_turns()
    {
        var first = await Cache.LockAsync(_quiet, default);
        var second = Cache.LockAsync(_quiet, default);
        await Task.Delay(300);
        Assert.False(second.IsCompleted);

        first.Dispose();
        (await second).Dispose();
    }

    [Fact]
    public void Only_the_newest_builds_of_an_image_are_kept()
    {
        foreach (var name in new[] { "a-1", "a-2", "a-3", "b-1", "layers-a-1", "layers-b-1" })
        {
            Directory.CreateDirectory(Path.Combine(Images, name));
            Thread.Sleep(20);
        }

        Cache.Prune("a");

        Assert.Equal(["a-2", "a-3", "b-1", "layers-b-1"], Directory.EnumerateDirectories(Images).Select(Path.GetFileName).Order());
    }
}
