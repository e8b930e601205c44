using System.Globalization;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Mail;

namespace Launchpad.Functions.Auth;

/// <param name="Who">Whose codes they are.</param>
/// <param name="Known">Whether he signed in from that address before.</param>
public sealed record CodeGuess(string Who, string Address, bool Known);

/// <summary>Codes of an authenticator and recovery codes, under limits of their own: a code has six digits only, and whoever guesses it knows
/// the password. Strangers' guesses keep the owner out at no address where he has been.</summary>
public abstract class CodeGuesses(AuthenticatorCodes factors, TimeProvider clock)
{
    private const int CodeMax = 64;

    private readonly SignInLimits limits = new(clock, new(6, TimeSpan.FromMinutes(1), 20, TimeSpan.FromMinutes(5)));
    private readonly SignInLimits begun = new(clock);

    protected TimeProvider Clock { get; } = clock;

    /// <exception cref="ProblemException">When it is wrong, or there were too many wrong ones.</exception>
    public async Task CheckAsync(CodeGuess guess, string? code, string? recoveryCode, CancellationToken ct)
    {
        var typed = Typed(code ?? recoveryCode);
        try
        {
            if (!await limits.TryAsync(
                new(guess.Who, guess.Address, guess.Known), () => IsRightAsync(guess.Who, typed, isRecovery: code is null, ct)))
            {
                throw Problems.WrongCode();
            }
        }
        catch (ProblemException tooMany) when (tooMany.RetryAfterSeconds is not null)
        {
            await TooManyAsync(guess.Who, ct);
            throw;
        }
    }

    /// <summary>The code that shows that the authenticator has the secret.</summary>
    /// <returns>The recovery codes, which are told once.</returns>
    /// <exception cref="ProblemException">When nothing was begun, the code is wrong, or there were too many wrong ones.</exception>
    public async Task<IReadOnlyList<string>> ConfirmAsync(string who, string address, string? code, CancellationToken ct)
    {
        var typed = Typed(code);
        if (!await factors.HasBegunAsync(who, ct))
        {
            throw Problems.ChallengeOver();
        }

        IReadOnlyList<string>? codes = null;
        return await begun.TryAsync(new(who, address, Known: true), async () => (codes = await factors.ConfirmAsync(who, typed, ct)) is not null)
            ? codes!
            : throw Problems.WrongCode();
    }

    /// <summary>A wrong one was looked at.</summary>
    protected virtual Task WrongAsync(string who, string by, CancellationToken ct) => Task.CompletedTask;

    /// <summary>No more are looked at for a while.</summary>
    protected virtual Task TooManyAsync(string who, CancellationToken ct) => Task.CompletedTask;

    private async Task<bool> IsRightAsync(string who, string typed, bool isRecovery, CancellationToken ct)
    {
        var isRight = isRecovery ? await factors.TryRecoveryCodeAsync(who, typed, ct) : await factors.TryCodeAsync(who, typed, ct);
        if (!isRight)
        {
            await WrongAsync(who, isRecovery ? "recovery-code" : "code", ct);
        }

        return isRight;
    }

    private static string Typed(string? code) => code?.Trim() is { Length: > 0 and <= CodeMax } typed ? typed : throw Problems.WrongCode();
}

/// <summary>Those of customers, who are told by mail when somebody guesses.</summary>
public sealed class AccountCodeGuesses(SecondFactors factors, Outbox outbox, TimeProvider clock) : CodeGuesses(factors, clock)
{
    protected override Task TooManyAsync(string who, CancellationToken ct)
    {
        var day = Clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return outbox.SendAsync(who, LetterKinds.WrongCodes, $"{LetterKinds.WrongCodes}-{day}", new Dictionary<string, string>(), ct);
    }
}
