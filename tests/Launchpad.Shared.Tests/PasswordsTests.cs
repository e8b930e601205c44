using System.Security.Cryptography;
using Launchpad.Shared.Accounts;

namespace Launchpad.Shared.Tests;

public sealed class PasswordsTests
{
    private const string Lane = "somebody";

    private readonly Passwords passwords = new();

    [Fact]
    public async Task A_password_is_recognized_and_its_hash_does_not_contain_it()
    {
        var stored = await passwords.HashAsync("correct horse", Lane, default);
        Assert.StartsWith("pbkdf2-sha256-600000.", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("horse", stored, StringComparison.Ordinal);
        Assert.True(await passwords.VerifyAsync("correct horse", stored, Lane, default));
        Assert.False(await passwords.VerifyAsync("correct horsf", stored, Lane, default));
    }

    [Fact]
    public async Task A_hash_of_other_days_is_checked_by_its_own_iterations()
    {
        var salt = new byte[16];
        var hash = Rfc2898DeriveBytes.Pbkdf2("correct horse", salt, 1_000, HashAlgorithmName.SHA256, 32);
        var stored = $"pbkdf2-sha256-1000.{Convert.ToBase64String(salt)}.{Convert.ToBase64String(hash)}";
        Assert.True(await passwords.VerifyAsync("correct horse", stored, Lane, default));
        Assert.False(await passwords.VerifyAsync("correct horsf", stored, Lane, default));
    }

    [Fact]
    public async Task No_password_opens_an_account_that_does_not_exist() =>
        Assert.False(await passwords.VerifyAsync("", null, Lane, default));

    [Fact]
    public async Task Equal_passwords_have_different_hashes() => Assert.NotEqual(
        await passwords.HashAsync("correct horse", Lane, default), await passwords.HashAsync("correct horse", Lane, default));

    [Fact]
    public async Task A_burst_is_refused_past_the_bound_and_the_queue_recovers()
    {
        using var stop = new CancellationTokenSource();
        var burst = Enumerable.Range(0, 40).Select(_ => passwords.HashAsync("correct horse", Lane, stop.Token)).ToList();
        Assert.Equal(40 - Passwords.AtOnce - 16, burst.Count(one => one.IsFaulted && one.Exception!.InnerException is QueueFullException));
        await stop.CancelAsync();
        await Task.WhenAll(burst.Select(one => one.ContinueWith(_ => { }, TaskScheduler.Default)));
        Assert.NotEmpty(await passwords.HashAsync("correct horse", Lane, default));
    }

    [Fact]
    public async Task Who_comes_while_somebody_floods_the_queue_is_served_before_most_of_the_flood()
    {
        using var stop = new CancellationTokenSource();
        var flood = Enumerable.Range(0, 16 + Passwords.AtOnce).Select(_ => passwords.HashAsync("correct horse", "flood", stop.Token)).ToList();
        await passwords.HashAsync("correct horse", Lane, default);
        // Some ran when it came, and one of the flood may have had its turn before it; another place may have gone on meanwhile.
        Assert.InRange(flood.Count(one => one.IsCompleted), 1, 6);
        await stop.CancelAsync();
        await Task.WhenAll(flood.Select(one => one.ContinueWith(_ => { }, TaskScheduler.Default)));
    }
}
