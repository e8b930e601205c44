namespace Renci.SshNet.Common;

/// <summary>An error that happened outside any call of the client.</summary>
public class ExceptionEventArgs : EventArgs
{
    public ExceptionEventArgs(Exception exception) => Exception = exception;

    public Exception Exception { get; }
}
