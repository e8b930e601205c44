using System.Text;

namespace Renci.SshNet;

/// <summary>Runs commands on a server; all of them share one connection.</summary>
public class SshClient : BaseClient
{
    public SshClient(ConnectionInfo connectionInfo)
        : base(connectionInfo, ownsConnectionInfo: false)
    {
    }

    public SshClient(string host, int port, string username, params IPrivateKeySource[] keyFiles)
        : base(new ConnectionInfo(host, port, username, new PrivateKeyAuthenticationMethod(username, keyFiles)), ownsConnectionInfo: true)
    {
    }

    public SshClient(string host, string username, params IPrivateKeySource[] keyFiles)
        : this(host, ConnectionInfo.DefaultPort, username, keyFiles)
    {
    }

    public SshCommand CreateCommand(string commandText) => CreateCommand(commandText, ConnectionInfo.Encoding);

    public SshCommand CreateCommand(string commandText, Encoding encoding)
    {
        CheckDisposed();
        var connection = Connection;
        ConnectionInfo.Encoding = encoding;
        return new SshCommand(connection, commandText, encoding);
    }

    public SshCommand RunCommand(string commandText)
    {
        var command = CreateCommand(commandText);
        command.Execute();
        return command;
    }
}
