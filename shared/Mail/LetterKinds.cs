namespace Launchpad.Shared.Mail;

/// <summary>Every letter that the product writes.</summary>
public static class LetterKinds
{
    public const string ConfirmAddress = "confirm-address";
    public const string AddressTaken = "address-taken";
    public const string ChangeAddress = "change-address";
    public const string AddressChanged = "address-changed";
    public const string ResetPassword = "reset-password";
    public const string PasswordChanged = "password-changed";
    public const string SecondFactorOn = "second-factor-on";
    public const string SecondFactorOff = "second-factor-off";
    public const string RecoveryCodesMade = "recovery-codes-made";
    public const string RecoveryCodeUsed = "recovery-code-used";
    public const string WrongCodes = "wrong-codes";
    public const string PasskeyAdded = "passkey-added";
    public const string PasskeyRemoved = "passkey-removed";
    public const string DeviceAdded = "device-added";
    public const string DeviceRemoved = "device-removed";
    public const string SignedOut = "signed-out";
    public const string AccountLocked = "account-locked";
    public const string AccountUnlocked = "account-unlocked";
    public const string TokenEnding = "token-ending";
    public const string AccountClosing = "account-closing";
    public const string WorkplaceClosing = "workplace-closing";
    public const string AccountKept = "account-kept";
    public const string AccountClosed = "account-closed";

    /// <summary>To an operator, about how he signs in.</summary>
    public const string StaffSecurity = "staff-security";

    public const string OperationFailed = "operation-failed";
    public const string RolledBack = "rolled-back";
    public const string BotDown = "bot-down";
    public const string BackupMissing = "backup-missing";
    public const string WebhookDisabled = "webhook-disabled";

    public const string BillingReminder = "billing-reminder";
    public const string BillingSuspended = "billing-suspended";
    public const string BillingFinalBackup = "billing-final-backup";
    public const string BillingDeleted = "billing-deleted";
    public const string BillingOver = "billing-over";
    public const string TrialEnding = "trial-ending";
    public const string BillingDispute = "billing-dispute";
    public const string UptimeCredit = "uptime-credit";
    public const string PaymentHeld = "payment-held";
    public const string PaymentReleased = "payment-released";
    public const string PaymentRefused = "payment-refused";
}
