import { workplace } from "../../api/workplace";
import { useMe } from "../../api/account";
import { useWorkplaces } from "../../api/people";
import { Page, Stack } from "../../parts/Layout";
import { Loaded } from "../../parts/States";
import { people as words } from "../../texts/people";
import { Members } from "./Members";
import { Tokens } from "./Tokens";

/** Who else may see and do what in the account. */
export function People() {
  const me = useMe();
  const places = useWorkplaces();
  return (
    <Page title={words.title} intro={words.intro} narrow>
      <Loaded query={places}>
        {(all) => {
          const manages = all.find(({ id }) => id === (workplace ?? me.data?.id))?.permissions.includes("manage") ?? false;
          return (
            <Stack>
              <Members manages={manages} me={me.data?.id} />
              {manages && <Tokens />}
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}
