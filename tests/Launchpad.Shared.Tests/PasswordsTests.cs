using Launchpad.Shared.Accounts;

namespace Launchpad.Shared.Tests;

public sealed class PasswordsTests
{
    [Fact]
    public async Task A_password_is_recognized_and_its_hash_does_not_contain_it()
    {
        using var passwords = new Passwords();
        var stored = await passwords.HashAsync("correct horse", default);
        Assert.StartsWith("pbkdf2-sha256-600000.", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("horse", stored, StringComparison.Ordinal);
        Assert.True(await passwords.VerifyAsync("correct horse", stored, default));
        Assert.False(await passwords.VerifyAsync("correct horsf", stored, default));
    }

    [Fact]
    public async Task No_password_opens_an_account_that_does_not_exist()
    {
        using var passwords = new Passwords();
        Assert.False(await passwords.VerifyAsync("", null, default));
    }

    [Fact]
    public async Task Equal_passwords_have_different_hashes()
    {
        using var passwords = new Passwords();
        Assert.NotEqual(await passwords.HashAsync("correct horse", default), await passwords.HashAsync("correct horse", default));
    }

    [Fact]
    public async Task A_burst_is_refused_past_the_bound_and_the_queue_recovers()
    {
        using var passwords = new Passwords();
        using var stop = new CancellationTokenSource();
        var burst = Enumerable.Range(0, 80).Select(_ => passwords.HashAsync("correct horse", stop.Token)).ToList();
        Assert.Equal(16, burst.Count(one => one.IsFaulted && one.Exception!.InnerException is PasswordQueueFullException));
        await stop.CancelAsync();
        await Task.WhenAll(burst.Select(one => one.ContinueWith(_ => { }, TaskScheduler.Default)));
        Assert.NotEmpty(await passwords.HashAsync("correct horse", default));
    }
}
