using Launchpad.Host.Tests;
using Launchpad.Shared.Accounts;

namespace Launchpad.Functions.Tests;

/// <summary>Who guesses has to wait, and the owner does not, by a clock that is moved by hand.</summary>
public sealed class SignInLimitTests
{
    private static readonly Guess Thief = new("ada@example.com", "203.0.113.1", Known: false);
    private static readonly Guess Owner = new("ada@example.com", "198.51.100.7", Known: true);

    private readonly ManualTime clock = new(new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));
    private readonly SignInLimits limits;

    public SignInLimitTests() => limits = new(clock);

    [Fact]
    public async Task The_right_password_lets_in_after_ten_wrong_ones_from_the_same_address_and_from_elsewhere()
    {
        await WrongAsync(Thief, 10);
        Assert.True(await limits.TryAsync(Owner, Right));
        Assert.True(await limits.TryAsync(Owner with { Address = "198.51.100.8", Known = false }, Right));
        Assert.True(await limits.TryAsync(Thief, Right));
    }

    [Fact]
    public async Task The_eleventh_wrong_one_is_told_to_wait_and_no_password_is_looked_at_until_then()
    {
        await WrongAsync(Thief, 10);
        Assert.InRange(await RefusedAsync(Thief, Wrong), 1, 6);
        Assert.InRange(await RefusedAsync(Thief, () => throw new InvalidOperationException("It was looked at.")), 1, 6);
        clock.Skip(TimeSpan.FromSeconds(6));
        Assert.True(await limits.TryAsync(Thief, Right));
    }

    [Fact]
    public async Task The_owner_gets_in_where_he_has_been_whatever_the_world_guesses()
    {
        for (var i = 0; i < 100; i++)
        {
            await WrongAsync(Thief with { Address = $"203.0.113.{i}" }, 1, atLast: i < 99);
        }

        await RefusedAsync(Thief with { Address = "192.0.2.1" }, Right);
        Assert.True(await limits.TryAsync(Owner, Right));
        Assert.True(await limits.TryAsync(Thief with { Email = "bob@example.com", Address = "192.0.2.1" }, Right));
        clock.Skip(TimeSpan.FromSeconds(36));
        Assert.True(await limits.TryAsync(Thief with { Address = "192.0.2.1" }, Right));
    }

    [Fact]
    public async Task An_address_that_tries_many_accounts_has_to_wait_and_its_neighbour_who_was_there_before_does_not()
    {
        for (var i = 0; i < 100; i++)
        {
            await WrongAsync(Thief with { Email = $"{i}@example.com" }, 1, atLast: i < 99);
        }

        Assert.InRange(await RefusedAsync(Thief with { Email = "next@example.com" }, Wrong), 1, 1);
        Assert.True(await limits.TryAsync(Owner with { Address = Thief.Address }, Right));
    }

    [Fact]
    public async Task Many_guesses_at_once_are_not_more_than_many_in_a_row()
    {
        var hold = new TaskCompletionSource<bool>();
        var looked = 0;
        var guesses = Enumerable.Range(0, 50).Select(_ => limits.TryAsync(Thief, () =>
        {
            looked++;
            return hold.Task;
        })).ToList();
        hold.SetResult(false);
        await Task.WhenAll(guesses.Select(guess => guess.ContinueWith(_ => { }, TaskScheduler.Default)));
        Assert.Equal(11, looked);
    }

    [Fact]
    public async Task The_right_password_costs_nothing_and_neither_does_a_guess_that_was_not_looked_at()
    {
        for (var i = 0; i < 200; i++)
        {
            Assert.True(await limits.TryAsync(Thief, Right));
            await Assert.ThrowsAsync<QueueFullException>(() => limits.TryAsync(Thief, () => throw new QueueFullException()));
        }

        await WrongAsync(Thief, 10);
    }

    [Fact]
    public async Task Every_spelling_of_an_address_counts_as_the_same()
    {
        await WrongAsync(Thief with { Email = "zoe\u0308@BÜCHER.example" }, 10);
        await RefusedAsync(Thief with { Email = "Zoë@xn--bcher-kva.example" }, Wrong);
    }

    [Fact]
    public async Task A_real_hash_decides()
    {
        var passwords = new Passwords();
        var stored = await passwords.HashAsync("correct horse battery", "owner", CancellationToken.None);
        Task<bool> Verify(string password) => passwords.VerifyAsync(password, stored, "owner", CancellationToken.None);
        Assert.False(await limits.TryAsync(Thief, () => Verify("wrong horse battery")));
        Assert.True(await limits.TryAsync(Owner, () => Verify("correct horse battery")));
    }

    private async Task WrongAsync(Guess guess, int times, bool atLast = true)
    {
        for (var i = 0; i < times; i++)
        {
            if (atLast)
            {
                Assert.False(await limits.TryAsync(guess, Wrong));
            }
            else
            {
                await RefusedAsync(guess, Wrong);
            }
        }
    }

    private async Task<int> RefusedAsync(Guess guess, Func<Task<bool>> verify)
    {
        var problem = await Assert.ThrowsAsync<ProblemException>(() => limits.TryAsync(guess, verify));
        Assert.Equal(429, problem.Status);
        return problem.RetryAfterSeconds!.Value;
    }

    private static Task<bool> Right() => Task.FromResult(true);

    private static Task<bool> Wrong() => Task.FromResult(false);
}
