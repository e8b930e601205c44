using System.Globalization;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Mail;

namespace Launchpad.Functions.Auth;

/// <param name="Known">Whether the account was signed in to from that address before.</param>
public sealed record CodeGuess(string Account, string Address, bool Known);

/// <summary>Codes of an authenticator and recovery codes, under limits of their own: a code has six digits only, and whoever guesses it knows
/// the password. Strangers' guesses keep the owner out at no address where he has been.</summary>
public sealed class CodeGuesses(SecondFactors factors, Outbox outbox, TimeProvider clock)
{
    private const int CodeMax = 64;

    private readonly SignInLimits limits = new(clock, new(6, TimeSpan.FromMinutes(1), 20, TimeSpan.FromMinutes(5)));

    /// <exception cref="ProblemException">When it is wrong, or there were too many wrong ones.</exception>
    public async Task CheckAsync(CodeGuess guess, string? code, string? recoveryCode, CancellationToken ct)
    {
        var isRecovery = code is null;
        var typed = (code ?? recoveryCode)?.Trim() is { Length: > 0 and <= CodeMax } text ? text : throw Problems.WrongCode();
        try
        {
            if (!await limits.TryAsync(
                new(guess.Account, guess.Address, guess.Known),
                () => isRecovery ? factors.TryRecoveryCodeAsync(guess.Account, typed, ct) : factors.TryCodeAsync(guess.Account, typed, ct)))
            {
                throw Problems.WrongCode();
            }
        }
        catch (ProblemException tooMany) when (tooMany.RetryAfterSeconds is not null)
        {
            var day = clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            await outbox.SendAsync(guess.Account, LetterKinds.WrongCodes, $"{LetterKinds.WrongCodes}-{day}", new Dictionary<string, string>(), ct);
            throw;
        }
    }
}
