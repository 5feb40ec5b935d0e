namespace HoodyLogs.Yarp;

/// <summary>
/// Names the metadata of YARP's routes and clusters that say who owns an exchange. Set in code. The names have no colon by default, because
/// configuration divides keys at colons: metadata whose name has one cannot come from <c>appsettings.json</c>.
/// </summary>
public sealed class YarpOptions
{
    /// <summary>Gets or sets the key of the metadata that names the project. Default <c>HoodyLogs.ProjectId</c>; not empty.</summary>
    public string ProjectIdKey { get; set; } = "HoodyLogs.ProjectId";

    /// <summary>Gets or sets the key of the metadata that names the container. Default <c>HoodyLogs.ContainerId</c>; not empty.</summary>
    public string ContainerIdKey { get; set; } = "HoodyLogs.ContainerId";

    /// <summary>Gets or sets the key of the metadata that names the service. Default <c>HoodyLogs.ServiceName</c>; not empty.</summary>
    public string ServiceNameKey { get; set; } = "HoodyLogs.ServiceName";

    /// <summary>Gets or sets whether the id of the cluster is the service name where no metadata names one. Default true.</summary>
    public bool ServiceNameFromCluster { get; set; } = true;
}
