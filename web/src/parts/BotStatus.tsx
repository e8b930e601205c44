import type { DeploymentStatus } from "../api/types";
import { statusWords } from "../texts/operations";
import { Status } from "./Status";

export const BotStatus = ({ status, pill }: { status: DeploymentStatus; pill?: boolean }) => (
  <Status {...statusWords[status]} pill={pill ?? false} />
);
